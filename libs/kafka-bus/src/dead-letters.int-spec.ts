import {Controller, Module} from '@nestjs/common';
import {Ctx, EventPattern, Payload} from '@nestjs/microservices';
import {JunkMessage, NewerMessage} from '@vitalvault/contracts';
import {createHttpService} from '@vitalvault/http';
import type {HttpService} from '@vitalvault/http';
import {DeadLetterStore, MOST_LETTERS, OffsetStore, runMigrations, savePosition} from '@vitalvault/postgres';
import type {SqlSession} from '@vitalvault/postgres';
import {DeadLettersFull, PositionMoved, Standstill, createLogger, startMetrics} from '@vitalvault/process';
import {madeStep} from '@vitalvault/process/testing';
import {eventually, metricValues, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import pg from 'pg';
import {createTopics} from './create-topics.js';
import {KafkaProducer} from './kafka-producer.js';
import {KAFKA_BUS, KafkaContext} from './kafka-record.js';
import type {KafkaRecord} from './kafka-record.js';
import {KafkaServer} from './kafka-server.js';

const TOPIC = 'vv.letters.v1';
const logger = createLogger({service: 'spec', level: 'fatal'});
const metrics = startMetrics({service: 'spec'});
const oldestAge = async (): Promise<number | undefined> =>
  (await metricValues(metrics, 'vitalvault_dead_letters_age_seconds'))[''];
let pool: pg.Pool;
/** Of the consumer: 2 knows more than 1. */
let version = 1;

const sessionOf = (client: pg.Pool | pg.PoolClient): SqlSession => {
  const text = (parts: TemplateStringsArray): string =>
    parts.reduce((whole, part, place) => `${whole}$${String(place)}${part}`);
  const query = (parts: TemplateStringsArray, values: unknown[]) => client.query(text(parts), values);
  return {
    $executeRaw: async (parts, ...values) => (await query(parts, values)).rowCount ?? 0,
    $queryRaw: async <T>(parts: TemplateStringsArray, ...values: unknown[]) => (await query(parts, values)).rows as T,
  };
};

async function inTransaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(sessionOf(client));
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

@Controller()
class TakingController {
  @EventPattern<string>(TOPIC, KAFKA_BUS, {batch: true})
  async take(@Payload() records: readonly KafkaRecord[], @Ctx() {advance}: KafkaContext): Promise<void> {
    const texts = records.map(({value}) => Buffer.from(value).toString());
    for (const text of texts) {
      if (text.startsWith('junk')) throw new JunkMessage('none of ours');
      if (text.startsWith('newer') && version < 2) throw new NewerMessage('a field');
      if (text.startsWith('bug')) throw new TypeError(text);
    }
    await inTransaction(async (session) => {
      await session.$executeRaw`INSERT INTO taken (text) SELECT unnest(${texts}::text[])`;
      await savePosition(session, advance);
    });
  }
}

@Module({controllers: [TakingController]})
class TakingModule {}

describe('what is not taken, over a real Kafka and PostgreSQL', () => {
  let engines: Engines;
  let producer: KafkaProducer;
  let standstill: Standstill;
  let server: KafkaServer;
  const services: HttpService[] = [];

  const letters = (): DeadLetterStore =>
    new DeadLetterStore({...sessionOf(pool), $transaction: (work) => inTransaction(work)});
  const taken = async (): Promise<string[]> =>
    (await pool.query<{text: string}>('SELECT text FROM taken ORDER BY place')).rows.map(({text}) => text);
  const aside = async (): Promise<unknown[]> =>
    (await letters().list('all')).map(({reason, setAsideBy}) => [reason, setAsideBy]);
  const send = (...texts: readonly string[]): Promise<void> =>
    producer.send(
      TOPIC,
      texts.map((text) => ({key: Buffer.from('k'), value: Buffer.from(text)})),
    );
  const untilTaken = (texts: readonly string[]): Promise<void> =>
    eventually(async () => expect(await taken()).toEqual(texts), 40_000, 200);

  async function serve(): Promise<void> {
    standstill = new Standstill({part: 'kafka-consumer', logger});
    const offsets = new OffsetStore(sessionOf(pool));
    server = new KafkaServer({
      ...{brokers: [engines.endpoints.kafka], clientId: 'spec', groupId: 'letters', logger, standstill},
      ...{offsets, deadLetters: letters(), retry: {attempts: 2, firstDelayMs: 10, maxDelayMs: 50}},
      onStalled: () => {
        throw new Error('stalled');
      },
    });
    const its = server;
    const service = await createHttpService({
      ...{module: TakingModule, logger, host: '127.0.0.1', httpPort: 0, microservices: [{strategy: its}]},
    });
    services.push(service);
    await service.listen();
    await eventually(() => expect(its.reason()).toBeUndefined(), 30_000);
  }

  const stopServing = async (): Promise<void> => {
    await Promise.all(services.splice(0).map((service) => service.close()));
  };

  beforeAll(async () => {
    engines = await startEngines({only: ['kafka', 'postgres']});
    const databaseUrl = engines.databaseUrl('vv_notify');
    const dir = join(engines.data, 'migrations');
    await mkdir(dir);
    const table = 'CREATE TABLE taken (place bigserial, text text PRIMARY KEY)';
    await writeFile(join(dir, '0001_spec.sql'), `-- runs-from: 0001_spec.sql\n${table}`);
    await runMigrations({databaseUrl, dir});
    pool = new pg.Pool({connectionString: databaseUrl});
    const kafka = {brokers: [engines.endpoints.kafka], clientId: 'spec', logger};
    await createTopics({...kafka, topics: [{topic: TOPIC, partitions: 1}]});
    producer = new KafkaProducer(kafka);
    await serve();
  });

  afterAll(async () => {
    await stopServing();
    await producer.close();
    await pool.end();
    await engines.stop();
    await metrics.shutdown();
  });

  it('has no age while there is none', () => eventually(async () => expect(await oldestAge()).toBe(0)));

  it('junk is set aside between good messages; a newer one stands, and is taken by the newer consumer, with all behind it', async () => {
    await send('1', 'junk', '2', 'newer', '3');
    await eventually(() => expect(standstill.places[0]?.reason).toBe('NewerMessage: a field'), 20_000);
    expect(await taken()).toEqual(['1', '2']);
    await eventually(() => expect(server.setAside()).toMatch(/^1 unresolved, the oldest since 20/));
    expect(await oldestAge()).toBeGreaterThan(0);
    expect(await oldestAge()).toBeLessThan(60);
    await stopServing();
    version = 2;
    await serve();
    await untilTaken(['1', '2', 'newer', '3']);
    expect(await aside()).toEqual([['JunkMessage: none of ours', undefined]]);
    expect(standstill.places).toEqual([]);
  });

  it('of two consumers of one step one sets it aside, and the other is told that the position moved', async () => {
    const [letter, step] = [
      {
        ...{topic: 'other', partition: 0, offset: 0n, cluster: 'made', timestampMs: 0n, headers: '{}', reason: 'x'},
        ...{key: Buffer.from('k'), value: Buffer.from('v'), recordId: undefined, by: undefined},
      },
      madeStep(undefined, 1n, {topic: 'other', partition: 0}),
    ];
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => letters().setAside(letter, step)));
    expect(outcomes.filter(({status}) => status === 'fulfilled')).toHaveLength(1);
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(refused.every((reason) => reason instanceof PositionMoved)).toBe(true);
    const {rows} = await pool.query("SELECT id FROM dead_letters WHERE topic = 'other'");
    expect(rows).toHaveLength(1);
  });

  it.each([
    ['messages', MOST_LETTERS.messages, 1],
    ['bytes', 1, MOST_LETTERS.bytes],
  ])('with as many %s as may wait no further one is kept, and nothing moves', async (what, count, bytes) => {
    const columns = 'reason, topic, partition, message_offset, cluster_id, message_hash, bytes, key, value, headers';
    await pool.query(
      `INSERT INTO dead_letters (${columns})
       SELECT 'x', $1::text, 0, n, 'made', '', $2::integer, '', '', '{}' FROM generate_series(1, $3::integer) n`,
      [`full of ${what}`, bytes, count],
    );
    const letter = {
      ...{topic: what, partition: 0, offset: 0n, cluster: 'made', timestampMs: 0n, headers: '{}', reason: 'x'},
      ...{key: Buffer.from('k'), value: Buffer.from('v'), recordId: undefined, by: undefined},
    };
    const step = madeStep(undefined, 1n, {topic: what, partition: 0});
    await expect(letters().setAside(letter, step)).rejects.toBeInstanceOf(DeadLettersFull);
    expect(await new OffsetStore(sessionOf(pool)).load(what, 0)).toBeUndefined();
    await pool.query('DELETE FROM dead_letters WHERE topic = $1', [`full of ${what}`]);
    await letters().setAside(letter, step);
    expect((await new OffsetStore(sessionOf(pool)).load(what, 0))?.next).toBe(1n);
  });

  it.each([
    ['value', {value: Buffer.from('another')}],
    ['key', {key: Buffer.from('another')}],
    ['headers', {headers: '{"message-id":["00"]}'}],
    ['time: it was sent again', {timestampMs: 1n}],
  ])('at a place that was set aside before another message is kept, by its %s', async (what, other) => {
    const place = {topic: `anew: ${what}`, partition: 0};
    const letter = {
      ...{...place, offset: 0n, cluster: 'made', timestampMs: 0n, headers: '{}', reason: 'first'},
      ...{key: Buffer.from('k'), value: Buffer.from('v'), recordId: undefined, by: undefined},
    };
    const idsHere = async (): Promise<bigint[]> =>
      (await letters().list('all')).filter(({topic}) => topic === place.topic).map(({id}) => id);
    // The topic is made anew in the same Kafka, or is cut, and a person has the partition begin there.
    const beginAgain = (): Promise<unknown> =>
      pool.query('DELETE FROM consumer_offsets WHERE topic = $1', [place.topic]);
    expect(await letters().setAside(letter, madeStep(undefined, 1n, place))).toBe(true);
    const [first = 0n] = await idsHere();
    expect(await letters().sendAgain(first, 'spec', () => Promise.resolve())).toBe(true);
    await beginAgain();
    expect(await letters().setAside(letter, madeStep(undefined, 1n, place))).toBe(false);
    await beginAgain();
    expect(await letters().setAside({...letter, ...other}, madeStep(undefined, 1n, place))).toBe(true);
    const [, second = 0n, ...rest] = await idsHere();
    expect(rest).toEqual([]);
    const {key, value, headers} = {...letter, ...other};
    expect(await letters().bytesOf(second)).toEqual({key: new Uint8Array(key), value: new Uint8Array(value), headers});
    expect(await letters().delete(second, 'spec')).toBe(true);
  });

  const loose = (topic: string) => ({
    ...{topic, partition: 0, offset: 0n, cluster: 'made', timestampMs: 0n, headers: '{}', reason: 'x'},
    ...{key: Buffer.from('k'), value: Buffer.from('v'), recordId: undefined, by: undefined},
  });
  const keep = async (topic: string): Promise<bigint> => {
    await letters().setAside(loose(topic), madeStep(undefined, 1n, {topic, partition: 0}));
    return (await letters().list('all')).find((one) => one.topic === topic)?.id ?? 0n;
  };

  it('at the bound a message whose fate somebody decided is stepped over', async () => {
    const topic = 'decided';
    expect(await letters().delete(await keep(topic), 'spec')).toBe(true);
    await pool.query(
      `INSERT INTO dead_letters (reason, topic, partition, message_offset, cluster_id, message_hash, bytes, key, value, headers)
       SELECT 'x', 'fill', 0, n, 'made', '', 1, '', '', '{}' FROM generate_series(1, $1::integer) n`,
      [MOST_LETTERS.messages],
    );
    await pool.query('DELETE FROM consumer_offsets WHERE topic = $1', [topic]);
    const step = madeStep(undefined, 1n, {topic, partition: 0});
    expect(await letters().setAside(loose(topic), step)).toBe(false);
    await pool.query("DELETE FROM dead_letters WHERE topic = 'fill'");
  });

  it('what is being sent again is sent once, and nobody deletes it meanwhile', async () => {
    const id = await keep('sent again');
    let sent = 0;
    const begun = Promise.withResolvers<undefined>();
    const send = async (): Promise<void> => {
      sent++;
      begun.resolve(undefined);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    };
    const first = letters().sendAgain(id, 'Ada', send);
    await begun.promise;
    const others = Promise.all([letters().sendAgain(id, 'Bob', send), letters().delete(id, 'Erin')]);
    expect([await first, await others, sent]).toEqual([true, [false, false], 1]);
    expect((await letters().byId([id]))[0]?.resolved).toMatchObject({by: 'Ada', how: 'sent'});
  });

  it('what was deleted for good is not sent, and what could not be sent stays', async () => {
    const [deleted, kept] = [await keep('deleted before'), await keep('not sent')];
    await letters().delete(deleted, 'Erin');
    const never = (): Promise<void> => Promise.reject(new Error('timeout of Kafka'));
    expect(await letters().sendAgain(deleted, 'Ada', never)).toBe(false);
    await expect(letters().sendAgain(kept, 'Ada', never)).rejects.toThrow('timeout of Kafka');
    expect(await letters().bytesOf(kept)).toBeDefined();
    expect(await letters().withoutRecord()).toBeGreaterThan(0);
    expect(await letters().delete(kept, 'spec')).toBe(true);
  });

  it('what somebody has resolved does not come back when its place is read again', async () => {
    const [known] = await letters().list('all');
    expect(await letters().delete(known?.id ?? 0n, 'spec')).toBe(true);
    await stopServing();
    await pool.query('TRUNCATE taken');
    await pool.query('DELETE FROM consumer_offsets WHERE topic = $1', [TOPIC]);
    await serve();
    await untilTaken(['1', '2', 'newer', '3']);
    const all = await letters().list('all');
    expect(all.find(({id}) => id === known?.id)?.resolved).toMatchObject({by: 'spec', how: 'deleted'});
    expect(await letters().bytesOf(known?.id ?? 0n)).toBeUndefined();
    expect(all.filter(({topic}) => topic === TOPIC)).toHaveLength(1);
  });

  it('a fault of ours stands until a person has that message set aside, and no other', async () => {
    await send('bug', '4');
    await eventually(() => expect(standstill.places[0]?.reason).toBe('TypeError'), 20_000);
    const [, partition = '', offset = ''] = standstill.places[0]?.at.split('/') ?? [];
    const place = {topic: TOPIC, partition: Number(partition), offset: BigInt(offset), by: 'Ada Example'};
    const {cluster} = (await new OffsetStore(sessionOf(pool)).load(TOPIC, 0)) ?? {cluster: ''};
    // Of another place, of another Kafka, too old: none of them is carried out.
    await letters().order({...place, offset: place.offset + 1n, cluster});
    expect(await letters().orderedBy({...place, cluster})).toBeUndefined();
    await letters().order({...place, cluster: 'another'});
    expect(await letters().orderedBy({...place, cluster})).toBeUndefined();
    await letters().order({...place, cluster});
    await pool.query("UPDATE set_aside_orders SET ordered_at = now() - interval '61 minutes'");
    expect(await letters().orderedBy({...place, cluster})).toBeUndefined();
    await letters().order({...place, cluster});
    await untilTaken(['1', '2', 'newer', '3', '4']);
    expect((await aside()).at(-1)).toEqual(['TypeError', 'Ada Example']);
    expect(standstill.places).toEqual([]);
    expect((await pool.query('SELECT * FROM set_aside_orders')).rows).toEqual([]);
  });
});
