import {TOPICS, encodeCanonical, toHex} from '@vitalvault/contracts';
import {AlertKind, AlertSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {eventually} from '@vitalvault/testkit';
import {spawn} from 'node:child_process';
import {join} from 'node:path';
import pg from 'pg';
import {NotifySystem} from './notify-system.js';
import {Patient, random} from './support/people.js';

const programOf = (name: string): string => join(import.meta.dirname, '..', 'dist', `${name}.js`);
const JUNK = Buffer.from('of nobody');

const system = new NotifySystem();
const {alertsOf, known} = system;
let database: pg.Client;

interface Row {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly message_offset: string;
  readonly reason: string;
  readonly record_id: string | null;
  readonly value: Buffer | null;
  readonly headers: string | null;
  readonly resolution: string | null;
  readonly resolved_by: string | null;
  readonly set_aside_by: string | null;
}

const admin = async <T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> =>
  (await database.query<T>(sql, values)).rows;
const rows = (): Promise<Row[]> => admin<Row>('SELECT * FROM dead_letters ORDER BY id');
const placeOf = ({topic, partition, message_offset: offset}: Row): string => `${topic}/${String(partition)}/${offset}`;
const alertOf = (patient: Patient, change: object = {}): Uint8Array =>
  encodeCanonical(AlertSchema, {...patient.alert(AlertKind.STORAGE_CORRUPT, random(32)), ...change});
const newer = (patient: Patient): Uint8Array => Uint8Array.from([...alertOf(patient), 0xf8, 0x07, 1]);
const send = (patient: Patient, ...values: Uint8Array[]): Promise<void> =>
  system.producer.send(
    TOPICS.alerts,
    values.map((value) => ({key: patient.id, value, messageId: toHex(random(8))})),
  );
const untilTold = (patient: Patient, count: number): Promise<void> =>
  eventually(async () => expect(await alertsOf(patient)).toHaveLength(count), 40_000, 200);
const degraded = async (part: string): Promise<{reason: string; at?: string} | undefined> => {
  const [status, body] = await system.host.readyz();
  expect(status).toBe(200);
  return (body as {degraded?: {part: string; reason: string; at?: string}[]}).degraded?.find(
    (place) => place.part === part,
  );
};
const standing = async (): Promise<string | undefined> => (await degraded('kafka-consumer'))?.reason;

interface Operated {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A program of the service's own, as it runs in its pod. */
async function operate(
  args: readonly string[],
  typed = '',
  {program = 'dead-letters', env = {}}: {program?: string; env?: Record<string, string>} = {},
): Promise<Operated> {
  const child = spawn(process.execPath, [programOf(program), ...args], {
    env: {
      ...process.env,
      VITALVAULT_KAFKA_BROKERS: system.engines.endpoints.kafka,
      VITALVAULT_DATABASE_URL: system.engines.databaseUrl('vv_notify'),
      ...env,
    },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  child.stdin.end(typed);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return {code, out, err};
}

beforeAll(async () => {
  await system.start();
  database = new pg.Client({connectionString: system.engines.databaseUrl('vv_notify')});
  database.on('error', () => undefined);
  await database.connect();
});

afterAll(async () => {
  await database.end();
  await system.stop();
});

describe('messages that no version takes', () => {
  it('are set aside between those that are taken, shown, and sent again as they came', async () => {
    const patient = await known();
    await send(patient, alertOf(patient), JUNK, alertOf(patient, {alertId: random(32)}), alertOf(patient));
    await untilTold(patient, 2);
    const kept = await rows();
    expect(kept.map(({reason, record_id}) => [reason, record_id])).toEqual([
      ['JunkMessage: not a vitalvault.events.v1.Alert', null],
      ['JunkMessage: alert.alertId: does not fit what the alert says', expect.stringMatching(/^[0-9a-f]{64}$/)],
    ]);
    expect(kept[0]?.value).toEqual(JUNK);
    await eventually(async () => expect((await degraded('dead-letters'))?.reason).toMatch(/^2 unresolved/));
    expect(await standing()).toBeUndefined();

    const listed = await operate(['list', '--json']);
    const {deadLetters} = JSON.parse(listed.out) as {deadLetters: {id: string; at: string}[]};
    expect([listed.code, deadLetters.map(({at}) => at)]).toEqual([0, kept.map(placeOf)]);

    // As if a mended version took it: the same message comes again, and is set aside anew by this one.
    const [first] = kept as [Row];
    const sent = await operate(['send-again', first.id, '--by', 'Ada Example'], `${placeOf(first)}\n`);
    expect([sent.code, sent.err.includes('"level":"error"')]).toEqual([0, false]);
    await eventually(async () => expect(await rows()).toHaveLength(3), 20_000);
    const [gone, , again] = (await rows()) as [Row, Row, Row];
    expect([gone.value, gone.resolution, gone.resolved_by]).toEqual([null, 'sent', 'Ada Example']);
    expect([again.value, JSON.parse(again.headers ?? '')]).toEqual([first.value, JSON.parse(first.headers ?? '')]);
    expect(Number(again.message_offset)).toBeGreaterThan(Number(first.message_offset));
  });

  it('are deleted by record id, and nothing but who did it stays', async () => {
    const [, row] = (await rows()) as [Row, Row];
    const record = row.record_id ?? '';
    const left = await operate(['delete', '--record', record, '--by', 'Ada Example'], 'yes\n');
    expect(left.code).toBe(1);
    expect((await rows())[1]?.value).not.toBeNull();
    const deleted = await operate(
      ['delete', '--record', record.toUpperCase(), '--by', 'Ada Example'],
      `${placeOf(row)}\n`,
    );
    // Not all is sure: what was sent again is set aside anew, and no record can be read in it.
    expect([deleted.code, deleted.out]).toEqual([1, expect.stringContaining('No record can be read in 1 unresolved')]);
    expect((await rows())[1]).toMatchObject({
      value: null,
      headers: null,
      resolution: 'deleted',
      resolved_by: 'Ada Example',
    });
    expect((await operate(['delete', '--record', record, '--by', 'Ada Example'])).code).toBe(1);
    expect((await operate(['delete', '--record', 'ab'])).code).toBe(2);
    expect((await operate(['show', '999'])).code).toBe(1);
  });

  it('are kept all or nothing when the database connection ends between writing and commit', async () => {
    const patient = await known();
    const before = (await rows()).length;
    // Holds up whoever sets something aside between its writing and its commit.
    await admin('BEGIN');
    await admin('LOCK TABLE set_aside_orders IN EXCLUSIVE MODE');
    await send(patient, JUNK, alertOf(patient));
    const held = (): Promise<{pid: number}[]> =>
      admin<{pid: number}>(`SELECT pid FROM pg_locks WHERE relation = 'set_aside_orders'::regclass AND NOT granted`);
    const [killed] = await eventually(async () => {
      const found = await held();
      expect(found).toHaveLength(1);
      return found;
    }, 20_000);
    await admin('SELECT pg_terminate_backend($1)', [killed?.pid]);
    await admin('ROLLBACK');
    await untilTold(patient, 1);
    expect(await rows()).toHaveLength(before + 1);
    expect(await standing()).toBeUndefined();
  });
});

describe('who is not there', () => {
  const kafka = {VITALVAULT_KAFKA_BROKERS: '127.0.0.1:1'};
  const postgres = {VITALVAULT_DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/vv_notify'};

  it.each([
    ['Kafka', 'positions', [], kafka],
    ['PostgreSQL', 'positions', [], postgres],
    ['Kafka', 'dead-letters', ['set-aside', `${TOPICS.alerts}/0/0`, '--by', 'Ada Example'], kafka],
    ['PostgreSQL', 'dead-letters', ['list'], postgres],
  ])('%s: %s says so in one sentence, and ends with 3', async (who, program, args, env) => {
    const {code, err} = await operate(args, '', {program, env});
    const sentence = new RegExp(`^${who} at 127\\.0\\.0\\.1:1 cannot be reached: nobody listens there[^\\n]*\\.\\n$`);
    expect([code, err]).toEqual([3, expect.stringMatching(sentence)]);
  });

  it('a topic that Kafka does not have: positions shows what is stored', async () => {
    await admin(
      `INSERT INTO consumer_offsets (topic, partition, next_offset, cluster_id) VALUES ('vv.gone.v1', 0, 5, 'old')`,
    );
    const {code, out} = await operate([], '', {program: 'positions'});
    expect([code, out]).toEqual([0, expect.stringContaining('vv.gone.v1/0  stored 5 of Kafka old  Kafka has nothing')]);
    await admin(`DELETE FROM consumer_offsets WHERE topic = 'vv.gone.v1'`);
  });
});

describe('a message of a later version', () => {
  it('stands and is never set aside by itself; what is behind it waits, until a person says so', async () => {
    const patient = await known();
    const before = (await rows()).length;
    await send(patient, alertOf(patient), newer(patient), alertOf(patient));
    await eventually(async () => expect(await standing()).toMatch(/^NewerMessage: a field/), 20_000);
    const place = await degraded('kafka-consumer');
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(await rows()).toHaveLength(before);
    const [told] = await admin<{count: string}>('SELECT count(*) FROM alerts WHERE patient = $1', [patient.hex]);
    expect(told?.count).toBe('1');

    const [topic, partition, offset] = (place?.at ?? '').split('/');
    const behind = `${topic ?? ''}/${partition ?? ''}/${String(Number(offset) + 1)}`;
    expect((await operate(['set-aside', behind, '--by', 'Ada Example'], `${behind}\n`)).code).toBe(1);
    expect((await operate(['set-aside', place?.at ?? '', '--by', 'Ada Example'], `${place?.at ?? ''}\n`)).code).toBe(0);
    await untilTold(patient, 2);
    expect((await rows()).at(-1)).toMatchObject({set_aside_by: 'Ada Example', reason: expect.stringMatching(/^Newer/)});
    expect(await standing()).toBeUndefined();
  });
});

describe('a database that does not write', () => {
  const terminate = (): Promise<unknown> =>
    admin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = 'vv_notify' AND pid <> pg_backend_pid() AND application_name = 'vv-notify'`);
  const raise = (state: string) => async (): Promise<void> => {
    await admin(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '${state}'; END $$`);
    await admin('CREATE TRIGGER refuse BEFORE INSERT ON alerts EXECUTE FUNCTION refuse()');
    await admin('CREATE TRIGGER refuse BEFORE INSERT ON dead_letters EXECUTE FUNCTION refuse()');
  };
  const accept = (): Promise<unknown> => admin('DROP FUNCTION refuse CASCADE');
  const set = (setting: string) => async (): Promise<void> => {
    await admin(`ALTER DATABASE vv_notify SET ${setting}`);
    await terminate();
  };
  const reset = (name: string) => async (): Promise<void> => {
    await admin(`ALTER DATABASE vv_notify RESET ${name}`);
    await terminate();
  };
  const lock = async (): Promise<void> => {
    await admin('BEGIN');
    await admin('LOCK TABLE alerts, dead_letters IN EXCLUSIVE MODE');
  };
  const others: pg.Client[] = [];
  const crowd = async (): Promise<void> => {
    const connectionString = system.engines.databaseUrl('vv_notify');
    for (;;) {
      const client = new pg.Client({connectionString});
      client.on('error', () => undefined);
      try {
        await client.connect();
        others.push(client);
      } catch {
        const [its] = await admin<{count: string}>(
          "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'vv-notify'",
        );
        if (its?.count === '0') return;
        await terminate();
      }
    }
  };
  const leave = async (): Promise<void> => {
    await Promise.all(others.splice(0).map((client) => client.end()));
  };

  it.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
    [
      'only lets itself be read, as after a fail-over',
      set('default_transaction_read_only = on'),
      async () => {
        await admin('SET default_transaction_read_only = off');
        await reset('default_transaction_read_only')();
      },
    ],
    ['is full', raise('53100'), accept],
    ['has no memory', raise('53200'), accept],
    ['finds its data damaged', raise('XX001'), accept],
    ['cannot put transactions in an order', raise('40001'), accept],
    [
      'does not get a lock in time',
      async () => {
        await set("lock_timeout = '200ms'")();
        await lock();
      },
      async () => {
        await admin('ROLLBACK');
        await reset('lock_timeout')();
      },
    ],
    [
      'does not answer in time',
      async () => {
        await set("statement_timeout = '200ms'")();
        await lock();
      },
      async () => {
        await admin('ROLLBACK');
        await reset('statement_timeout')();
      },
    ],
    ['has no connection left', crowd, leave],
  ])('loses nothing and sets nothing aside while it %s', async (_what, begin, end) => {
    const patient = await known();
    const before = (await rows()).length;
    await begin();
    await send(patient, alertOf(patient), JUNK, alertOf(patient));
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const [, body] = await system.host.readyz();
    expect(JSON.stringify(body)).not.toContain('kafka-consumer');
    expect(await rows()).toHaveLength(before);
    await end();
    await untilTold(patient, 2);
    expect(await rows()).toHaveLength(before + 1);
  });

  it('loses nothing when it is killed in the middle, and starts up', async () => {
    const patient = await known();
    const before = (await rows()).length;
    await lock();
    await send(patient, alertOf(patient), JUNK, alertOf(patient));
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await system.engines.control('kill', 'postgres');
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await system.engines.control('start', 'postgres');
    database = new pg.Client({connectionString: system.engines.databaseUrl('vv_notify')});
    database.on('error', () => undefined);
    await database.connect();
    await untilTold(patient, 2);
    expect(await rows()).toHaveLength(before + 1);
    expect(await standing()).toBeUndefined();
  });
});

describe('as many as may be set aside', () => {
  it('a further one stands and says so, until a person has resolved some', async () => {
    const patient = await known();
    await admin(`INSERT INTO dead_letters (reason, topic, partition, message_offset, cluster_id, message_hash, bytes, key, value,
      headers) SELECT 'JunkMessage', 'vv.spec.v1', 0, n, 'c', '', 1, '', 'x', '{}' FROM generate_series(1, 1000) n`);
    await send(patient, JUNK, alertOf(patient));
    await eventually(async () => expect(await standing()).toMatch(/^DeadLettersFull: \d+ messages/), 20_000);
    await admin(`UPDATE dead_letters SET resolved_at = now(), resolved_by = 'spec', resolution = 'deleted', key = NULL,
      value = NULL, headers = NULL WHERE topic = 'vv.spec.v1'`);
    await untilTold(patient, 1);
    expect(await standing()).toBeUndefined();
  });
});
