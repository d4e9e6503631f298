import {TOPICS} from '@vitalvault/contracts';
import {KafkaProducer} from '@vitalvault/kafka-bus';
import {createLogger} from '@vitalvault/process';
import {eventually, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import pg from 'pg';
import {Person, World} from './people.js';

const logger = createLogger({service: 'spec', level: 'error'});

/** A device that leaves its first number out, past ingest, on a real chain: nobody else waits, nothing is wasted. */
describe('a device that never sends its number 1', () => {
  let engines: Engines;
  let world: World;
  let producer: KafkaProducer;
  let database: pg.Client;
  let url: string;

  const post = (value: Uint8Array, person: Person): Promise<void> =>
    producer.send(TOPICS.recordsAccepted, [{key: person.id, value}]);
  const statusOf = async (recordId: string): Promise<Record<string, unknown>> =>
    (await fetch(`${url}/v1/records/${recordId}/status`)).json() as Promise<Record<string, unknown>>;
  const until = (recordId: string, state: string, timeoutMs = 60_000): Promise<void> =>
    eventually(async () => expect(await statusOf(recordId)).toMatchObject({state}), timeoutMs, 300);
  const count = async (text: string): Promise<number> =>
    Number((await database.query<{n: string}>(`SELECT count(*) AS n FROM ${text}`)).rows[0]?.n);

  beforeAll(async () => {
    engines = await startEngines({only: ['engines', 'validators', 'storage'], validators: 1});
    url = engines.endpoints.services['storage'] ?? '';
    world = await World.of(engines);
    producer = new KafkaProducer({brokers: [engines.endpoints.kafka], clientId: 'spec', logger});
    database = new pg.Client({connectionString: engines.databaseUrl('vv_storage')});
    await database.connect();
  }, 400_000);

  afterAll(async () => {
    await producer.close();
    await database.end();
    await world.close();
    await engines.stop();
  });

  it('keeps nobody else waiting, costs no token, and is anchored when the number comes', async () => {
    const [bad, good] = [await Person.enrolled(world), await Person.enrolled(world)];
    const far = await Promise.all(Array.from({length: 40}, (_, index) => bad.accepted(1_025n + BigInt(index))));
    for (const {value} of far) await post(value, bad);
    const [last] = [await bad.accepted(1_024n)];
    await post(last.value, bad);
    await until(last.recordId, 'anchored');
    for (let sequence = 1n; sequence <= 3n; sequence++) {
      const record = await good.accepted(sequence);
      await post(record.value, good);
      await until(record.recordId, 'anchored');
    }
    // Each entry that was ever sent was taken: nothing was paid for in vain.
    expect(await count('anchors, unnest(entries)')).toBe(await count('records WHERE state = 3'));
    expect(await count('anchors, unnest(entries)')).toBe(4);
    for (const {recordId} of far) expect(await statusOf(recordId)).toMatchObject({state: 'stored', waitsFor: '1'});
    const [first] = [await bad.accepted(1n)];
    await post(first.value, bad);
    // The window begins at 2 now: one more of them fits, and the others wait on.
    await until(far[0]?.recordId ?? '', 'anchored');
    expect(await statusOf(far[1]?.recordId ?? '')).toMatchObject({state: 'stored', waitsFor: '2'});
    const given = Array.from({length: 1_022}, (_, index) => ({key: bad.id, value: bad.skip(BigInt(index + 2))}));
    await producer.send(TOPICS.recordsAccepted, given);
    // A thousand skips come first.
    for (const {recordId} of far) await until(recordId, 'anchored', 240_000);
    const anchored = await count('records WHERE state = 3');
    expect(anchored).toBe(45);
    expect(await count('anchors, unnest(entries)')).toBe(anchored + (await count('skips WHERE state = 5')));
  }, 600_000);
});
