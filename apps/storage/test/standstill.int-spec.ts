import {TOPICS, keyId, toHex} from '@vitalvault/contracts';
import {signRequest} from '@vitalvault/http';
import {KafkaProducer} from '@vitalvault/kafka-bus';
import {createLogger} from '@vitalvault/process';
import {eventually, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {randomBytes} from 'node:crypto';
import pg from 'pg';
import {Person, World} from './people.js';

const logger = createLogger({service: 'spec', level: 'error'});
const END_OF_SLOTS = 2 ** 32 - 1;

interface Place {
  readonly part: string;
  readonly at?: string;
  readonly reason: string;
}

/** A block and a message that storage cannot take, over the real engines. */
describe('storage that stopped', () => {
  let engines: Engines;
  let world: World;
  let producer: KafkaProducer;
  let database: pg.Client;
  let url: string;
  let person: Person;

  const management = (path: string): Promise<Response> =>
    fetch(`${engines.endpoints.management['storage'] ?? ''}${path}`);
  const degraded = async (part: string): Promise<Place | undefined> => {
    const response = await management('/readyz');
    const {degraded: places = []} = (await response.json()) as {degraded?: Place[]};
    expect(response.status).toBe(200);
    return places.find((place) => place.part === part);
  };
  const stopped = async (part: string): Promise<string | undefined> =>
    new RegExp(`^vitalvault_follower_stopped\\{part="${part}"[^}]*\\} (\\d)`, 'm').exec(
      await (await management('/metrics')).text(),
    )?.[1];
  const stateOf = async (recordId: string): Promise<unknown> =>
    ((await (await fetch(`${url}/v1/records/${recordId}/status`)).json()) as {state: unknown}).state;
  const until = (recordId: string, state: string): Promise<void> =>
    eventually(async () => expect(await stateOf(recordId)).toBe(state), 60_000, 300);
  const release = async (who: Person, txId: string): Promise<[number, unknown, unknown]> => {
    const body = Buffer.from(JSON.stringify({txId}));
    const headers = signRequest({
      method: 'POST',
      target: '/v1/releases',
      body,
      organisation: toHex(world.organisation),
      keyId: toHex(keyId({alg: 1, publicKey: who.signing.publicKey})),
      privateKey: who.signing.privateKey,
      nonce: randomBytes(16).toString('base64url'),
      created: Math.floor(Date.now() / 1_000),
    });
    const response = await fetch(`${url}/v1/releases`, {
      method: 'POST',
      body,
      headers: {...headers, 'content-type': 'application/json'},
    });
    const {code, detail} = (await response.json()) as Record<string, unknown>;
    return [response.status, code, detail];
  };

  beforeAll(async () => {
    engines = await startEngines({only: ['engines', 'validators', 'storage'], validators: 1});
    url = engines.endpoints.services['storage'] ?? '';
    world = await World.of(engines);
    producer = new KafkaProducer({brokers: [engines.endpoints.kafka], clientId: 'spec', logger});
    database = new pg.Client({connectionString: engines.databaseUrl('vv_storage')});
    await database.connect();
    person = await Person.enrolled(world);
    await eventually(async () => expect((await management('/readyz')).status).toBe(200), 60_000, 500);
  });

  afterAll(async () => {
    await producer.close();
    await database.end();
    await world.close();
    await engines.stop();
  });

  it('at a block is ready for all that does not need it, and goes on from there with code that can take it', async () => {
    const before = await person.accepted(1n);
    await producer.send(TOPICS.recordsAccepted, [{key: person.id, value: before.value}]);
    await until(before.recordId, 'anchored');
    const early = await person.requestOwn();
    // As if this version's table could not hold what the ledger permits.
    await database.query(`ALTER TABLE access_requests ADD CONSTRAINT older CHECK (slot_to < ${END_OF_SLOTS})`);
    const late = await person.requestOwn(0, END_OF_SLOTS);
    await eventually(async () => expect(await degraded('ledger-follower')).toBeDefined(), 60_000, 300);
    const place = await degraded('ledger-follower');
    expect(place).toMatchObject({at: expect.stringMatching(/^\d+$/) as string, reason: expect.any(String) as string});
    expect(await stopped('ledger-follower')).toBe('1');
    expect(await stopped('kafka-consumer')).toBe('0');
    const named = [503, 'follower-stopped', `ledger-follower stands at ${place?.at ?? ''}.`];
    expect(await release(person, early)).toEqual(named);
    expect(await release(person, late)).toEqual(named);
    // Somebody whose first request may be in that block.
    expect(await release(await Person.enrolled(world), late)).toEqual(named);
    // Records are taken and stored, and what is known is told.
    const meanwhile = await person.accepted(2n);
    await producer.send(TOPICS.recordsAccepted, [{key: person.id, value: meanwhile.value}]);
    await until(meanwhile.recordId, 'stored');
    expect(await stateOf(before.recordId)).toBe('anchored');
    expect((await database.query('SELECT height FROM ledger_cursor')).rows).toEqual([
      {height: String(Number(place?.at) - 1)},
    ]);
    await database.query('ALTER TABLE access_requests DROP CONSTRAINT older');
    await until(meanwhile.recordId, 'anchored');
    expect(await degraded('ledger-follower')).toBeUndefined();
    expect(await stopped('ledger-follower')).toBe('0');
    const [request] = (await database.query('SELECT slot_to FROM access_requests WHERE tx_id = $1', [late])).rows;
    expect(request).toEqual({slot_to: String(END_OF_SLOTS)});
    // policy does not run here: storage goes as far as asking it.
    expect((await release(person, early))[1]).toBe('policy-unavailable');
  });

  it('at a message of a later version lets other partitions go on; what lies behind it waits, what no version takes is set aside', async () => {
    const other = await person.accepted(3n);
    await producer.send(TOPICS.recordsAccepted, [
      {key: person.id, value: Buffer.from('of nobody')},
      {key: person.id, value: Uint8Array.from([...(await person.accepted(4n)).value, 0xf8, 0x07, 1])},
      {key: person.id, value: other.value},
    ]);
    await eventually(async () => expect(await degraded('kafka-consumer')).toBeDefined(), 60_000, 300);
    expect(await degraded('kafka-consumer')).toMatchObject({
      at: expect.stringMatching(/^vv\.records\.accepted\.v1\/\d\/\d+$/) as string,
      reason: expect.stringMatching(/^NewerMessage: a field/) as string,
    });
    expect(await stopped('kafka-consumer')).toBe('1');
    expect(await stateOf(other.recordId)).toBeUndefined();
    // What no version takes was stepped over, and is kept.
    const {rows} = await database.query<{reason: string; value: Buffer}>('SELECT reason, value FROM dead_letters');
    expect(rows.map(({reason, value}) => [reason, value.toString()])).toEqual([
      ['JunkMessage: not a vitalvault.events.v1.RecordAccepted', 'of nobody'],
    ]);
    await eventually(async () => expect((await degraded('dead-letters'))?.reason).toMatch(/^1 unresolved/));
    // Another patient's, until one stands in another partition.
    await eventually(
      async () => {
        const somebody = await Person.enrolled(world);
        const record = await somebody.accepted(1n);
        await producer.send(TOPICS.recordsAccepted, [{key: somebody.id, value: record.value}]);
        await eventually(async () => expect(await stateOf(record.recordId)).toBe('anchored'), 10_000, 300);
      },
      90_000,
      100,
    );
    expect(await stateOf(other.recordId)).toBeUndefined();
    expect((await release(person, await person.requestOwn()))[1]).toBe('policy-unavailable');
  });
});
