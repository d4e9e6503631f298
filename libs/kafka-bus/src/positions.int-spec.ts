import {Controller, Module} from '@nestjs/common';
import {Ctx, EventPattern, Payload} from '@nestjs/microservices';
import {createHttpService} from '@vitalvault/http';
import type {HttpService} from '@vitalvault/http';
import {OffsetStore, runMigrations, savePosition} from '@vitalvault/postgres';
import type {SqlSession} from '@vitalvault/postgres';
import {Standstill, createLogger} from '@vitalvault/process';
import {eventually, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {Kafka, logLevel} from 'kafkajs';
import type {Admin, Producer} from 'kafkajs';
import {mkdir, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import pg from 'pg';
import {createTopics} from './create-topics.js';
import {KAFKA_BUS, KafkaContext} from './kafka-record.js';
import type {KafkaRecord} from './kafka-record.js';
import {KafkaServer} from './kafka-server.js';

const TOPIC = 'vv.positions.v1';
const logger = createLogger({service: 'spec', level: 'fatal'});
let pool: pg.Pool;

const sessionOf = (client: pg.Pool | pg.PoolClient): SqlSession => {
  const text = (parts: TemplateStringsArray): string =>
    parts.reduce((whole, part, place) => `${whole}$${String(place)}${part}`);
  const query = (parts: TemplateStringsArray, values: unknown[]) => client.query(text(parts), values);
  return {
    $executeRaw: async (parts, ...values) => (await query(parts, values)).rowCount ?? 0,
    $queryRaw: async <T>(parts: TemplateStringsArray, ...values: unknown[]) => (await query(parts, values)).rows as T,
  };
};

/** Writes what it is given, in one transaction with the position; stands at `poison`. */
@Controller()
class TakingController {
  @EventPattern<string>(TOPIC, KAFKA_BUS, {batch: true})
  async take(@Payload() records: readonly KafkaRecord[], @Ctx() {advance}: KafkaContext): Promise<void> {
    const texts = records.map(({value}) => Buffer.from(value).toString());
    if (texts.includes('poison')) throw new Error('poison');
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('INSERT INTO taken (text) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING', [texts]);
      await savePosition(sessionOf(client), advance);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }
}

@Module({controllers: [TakingController]})
class TakingModule {}

describe('the position beside the effects, over a real Kafka and PostgreSQL', () => {
  let engines: Engines;
  let admin: Admin;
  let producer: Producer;
  let server: KafkaServer;
  let standstill: Standstill;
  let service: HttpService | undefined;

  const offsets = (): OffsetStore => new OffsetStore(sessionOf(pool));
  const taken = async (): Promise<string[]> =>
    (await pool.query<{text: string}>('SELECT text FROM taken ORDER BY place')).rows.map(({text}) => text);
  const send = async (texts: readonly string[], timestamp = Date.now()): Promise<void> => {
    const messages = texts.map((value) => ({key: 'k', value, timestamp: String(timestamp)}));
    await producer.send({topic: TOPIC, acks: -1, messages});
  };
  const untilTaken = (texts: readonly string[]): Promise<void> =>
    eventually(async () => expect(new Set(await taken())).toEqual(new Set(texts)), 40_000, 200);
  const untilStanding = (reason: RegExp): Promise<void> =>
    eventually(() => expect(standstill.places[0]?.reason).toMatch(reason), 40_000, 200);
  const words = (...of: number[]): string[] => of.map((n) => `word ${String(n)}`);

  async function connect(): Promise<void> {
    const brokers = [engines.endpoints.kafka];
    const kafka = new Kafka({brokers, logLevel: logLevel.NOTHING, retry: {retries: 8}});
    [admin, producer] = [kafka.admin(), kafka.producer({allowAutoTopicCreation: false})];
    await admin.connect();
    await producer.connect();
  }

  async function makeTopic(): Promise<void> {
    const brokers = [engines.endpoints.kafka];
    await createTopics({brokers, clientId: 'spec', logger, topics: [{topic: TOPIC, partitions: 1}]});
  }

  async function deleteTopic(): Promise<void> {
    await admin.deleteTopics({topics: [TOPIC]});
    await eventually(async () => expect(await admin.listTopics()).not.toContain(TOPIC), 20_000);
  }

  async function retentionTo(offset: string): Promise<void> {
    // kafkajs knows the leader of a topic only after it was asked for something else of it.
    await admin.fetchTopicOffsets(TOPIC);
    await admin.deleteTopicRecords({topic: TOPIC, partitions: [{partition: 0, offset}]});
  }

  async function serve(): Promise<void> {
    standstill = new Standstill({part: 'kafka-consumer', logger});
    server = new KafkaServer({
      ...{brokers: [engines.endpoints.kafka], clientId: 'spec', groupId: 'positions', logger, standstill},
      ...{offsets: offsets(), retry: {attempts: 1, firstDelayMs: 10, maxDelayMs: 50}},
      onStalled: () => {
        throw new Error('stalled');
      },
    });
    const microservices = [{strategy: server}];
    service = await createHttpService({module: TakingModule, logger, host: '127.0.0.1', httpPort: 0, microservices});
    await service.listen();
    await eventually(() => expect(server.reason()).toBeUndefined(), 30_000);
  }

  async function stopServing(): Promise<void> {
    await service?.close();
    service = undefined;
  }

  /** As a standby has it that lacks what comes after. */
  async function copyDatabase(): Promise<void> {
    await pool.query('CREATE TABLE old_taken AS TABLE taken');
    await pool.query('CREATE TABLE old_offsets AS TABLE consumer_offsets');
  }

  async function failOver(): Promise<void> {
    await pool.query(`BEGIN; LOCK TABLE taken, consumer_offsets; DELETE FROM taken; DELETE FROM consumer_offsets;
      INSERT INTO taken TABLE old_taken; INSERT INTO consumer_offsets TABLE old_offsets; COMMIT;`);
  }

  /** What a person does who has read the runbook. */
  async function beginAnew(): Promise<bigint> {
    const [stored] = (await offsets().all()).filter(({topic}) => topic === TOPIC);
    if (stored === undefined) throw new Error('nothing is stored');
    const [partition] = await admin.fetchTopicOffsets(TOPIC);
    const {clusterId: cluster} = await admin.describeCluster();
    const to = {next: BigInt(partition?.low ?? ''), cluster, last: undefined};
    expect(await offsets().decide({...stored, from: stored.position, to}, 'spec')).toBe(true);
    return to.next;
  }

  beforeAll(async () => {
    engines = await startEngines({only: ['kafka', 'postgres']});
    const databaseUrl = engines.databaseUrl('vv_notify');
    const dir = join(engines.data, 'migrations');
    await mkdir(dir);
    const table = 'CREATE TABLE taken (place bigserial, text text PRIMARY KEY)';
    await writeFile(join(dir, '0001_spec.sql'), `-- runs-from: 0001_spec.sql\n${table}`);
    await runMigrations({databaseUrl, dir});
    pool = new pg.Pool({connectionString: databaseUrl});
    await connect();
  });

  beforeEach(async () => {
    await pool.query('TRUNCATE taken, consumer_offsets; DROP TABLE IF EXISTS old_taken, old_offsets');
    await makeTopic();
    await send(words(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    await serve();
    await untilTaken(words(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  });

  afterEach(async () => {
    await stopServing();
    await deleteTopic();
  });

  afterAll(async () => {
    await producer.disconnect();
    await admin.disconnect();
    await pool.end();
    await engines.stop();
  });

  it('takes again what a database lacks that failed over to an older standby, with what comes next', async () => {
    await copyDatabase();
    await send(words(10, 11, 12));
    await untilTaken(words(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
    await failOver();
    await send(words(13));
    await untilTaken(words(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13));
    expect(standstill.places).toEqual([]);
  });

  it('takes it again also when nothing comes any more, and when the standby knew of no position', async () => {
    await pool.query('CREATE TABLE old_taken AS TABLE taken WITH NO DATA');
    await pool.query('CREATE TABLE old_offsets AS TABLE consumer_offsets WITH NO DATA');
    await failOver();
    expect(await taken()).toEqual([]);
    await untilTaken(words(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  });

  it.each([
    ['fewer', [20, 21, 22], /^PositionFault: records are gone: stored is offset 10, Kafka ends at 3$/],
    [
      'more',
      [20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31],
      /^PositionFault: another topic: the record at offset 9 is/,
    ],
  ])(
    'stands when the topic was made anew meanwhile and has %s records, until a person has it begin',
    async (_, of, reason) => {
      await stopServing();
      await deleteTopic();
      await makeTopic();
      await send(words(...of));
      await serve();
      await untilStanding(reason);
      expect(standstill.places).toMatchObject([{at: `${TOPIC}/0/10`}]);
      await eventually(() => expect(server.backlog().unconsumed).toBe(of.length), 20_000, 200);
      await send(words(40));
      expect(await taken()).toEqual(words(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
      expect(await beginAnew()).toBe(0n);
      await untilTaken(words(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...of, 40));
      expect(standstill.places).toEqual([]);
      await eventually(async () => expect(await offsets().all()).toMatchObject([{stands: undefined}]), 10_000);
    },
  );

  it('stands when that happens while it runs', async () => {
    await deleteTopic();
    await makeTopic();
    await send(words(...Array.from({length: 15}, (_, n) => 20 + n)));
    await untilStanding(/another topic|records are gone/);
    expect(await taken()).toEqual(words(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  });

  it('stands at another Kafka, whatever it has', async () => {
    await producer.disconnect();
    await admin.disconnect();
    await engines.control('kill', 'kafka');
    await rm(join(engines.data, 'kafka', 'data'), {recursive: true});
    await engines.control('start', 'kafka');
    await connect();
    await makeTopic();
    await send(words(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
    await untilStanding(/^PositionFault: another Kafka: stored is offset 10 of cluster .*, found is cluster /);
    expect(await taken()).toEqual(words(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    await beginAnew();
    await untilTaken(words(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
  });

  it('stands when retention passed it, not when retention took just what it had taken', async () => {
    await stopServing();
    await retentionTo('10');
    await serve();
    await send(words(10, 11));
    await untilTaken(words(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
    await stopServing();
    await send(words(12, 13, 14));
    await retentionTo('13');
    await serve();
    await untilStanding(/^PositionFault: retention passed: stored is offset 12, Kafka begins at 13$/);
    expect(await beginAnew()).toBe(13n);
    await untilTaken(words(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14));
    const {rows} = await pool.query('SELECT topic, partition, given_up_offset, begins_offset FROM position_decisions');
    expect(rows).toContainEqual({topic: TOPIC, partition: 0, given_up_offset: '12', begins_offset: '13'});
  });

  it('stands when retention passes it while it stands at a message', async () => {
    await send(['poison', ...words(11, 12)]);
    await untilStanding(/^Error$/);
    await retentionTo('11');
    await untilStanding(/^PositionFault: retention passed: stored is offset 10, Kafka begins at 11$/);
    expect(await taken()).toEqual(words(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  });

  it('tells how old the oldest message is that waits, as Kafka has it', async () => {
    const hourMs = 3_600_000;
    await stopServing();
    await deleteTopic();
    await pool.query('TRUNCATE consumer_offsets');
    await makeTopic();
    await send(['poison', ...words(11)], Date.now() - hourMs);
    await send(words(12));
    await serve();
    await eventually(() => expect(server.backlog().unconsumed).toBe(3), 20_000);
    expect(server.backlog().oldestUnconsumedMs).toBeGreaterThanOrEqual(hourMs);
    expect(server.backlog().oldestUnconsumedMs).toBeLessThan(hourMs * 1.2);
  });
});
