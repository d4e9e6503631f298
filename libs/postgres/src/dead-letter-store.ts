import {fromHex, toHex} from '@vitalvault/contracts';
import {DeadLettersFull} from '@vitalvault/process';
import type {Advance, DeadLetter, LetterBytes, Letter, LettersWaiting, SetAsideOrder} from '@vitalvault/process';
import {createHash} from 'node:crypto';
import {savePosition} from './offset-store.js';
import {transaction} from './prisma-database.js';
import type {Transactions} from './prisma-database.js';
import type {SqlSession} from './sql-session.js';

/** More than this unresolved are not set aside: the partition stands. */
export const MOST_LETTERS = {messages: 1_000, bytes: 64 * 1_048_576} as const;
/** An order that was not carried out by then lapses: what stands at that place later is not what somebody looked at. */
const ORDER_SECONDS = 3_600;
/** Of a send with its row locked: longer than all tries of a producer, so that none goes on without the lock. */
const SEND_AGAIN_MS = 60_000;

interface Row {
  readonly id: bigint | string;
  readonly set_aside_at: Date;
  readonly set_aside_by: string | null;
  readonly reason: string;
  readonly topic: string;
  readonly partition: number;
  readonly message_offset: bigint | string;
  readonly record_id: string | null;
  readonly bytes: number;
  readonly resolved_at: Date | null;
  readonly resolved_by: string | null;
  readonly resolution: 'sent' | 'deleted' | null;
}

/**
 * Messages of topics that were not taken, in the database that has the effects of the others. They are kept until a
 * person resolves them.
 */
export class DeadLetterStore {
  constructor(private readonly database: SqlSession & Transactions<SqlSession>) {}

  /**
   * Keeps a message and steps over it, both or neither. One that was kept before is not kept again: whatever somebody
   * decided about it stays. It is the same with the same place of the same Kafka, time, bytes and headers: in a topic
   * that was made anew or cut another message stands at a known place.
   * @returns false: it was kept before
   * @throws DeadLettersFull, PositionMoved, DomainError `database-unavailable`: then nothing was written
   */
  async setAside(letter: Letter, advance: Advance): Promise<boolean> {
    return transaction(this.database, async (session: SqlSession) => {
      await savePosition(session, advance);
      const {topic, partition, offset, cluster, headers} = letter;
      const [key, value] = [toHex(letter.key), toHex(letter.value)];
      const bytes = letter.key.length + letter.value.length + headers.length;
      const kept = await session.$executeRaw`
        INSERT INTO dead_letters (set_aside_by, reason, topic, partition, message_offset, cluster_id, message_hash, record_id, bytes, key, value, headers)
        VALUES (${letter.by ?? null}, ${letter.reason}, ${topic}, ${partition}, ${offset}, ${cluster}, ${hashOf(letter)},
          ${letter.recordId ?? null}, ${bytes}, decode(${key}, 'hex'), decode(${value}, 'hex'), ${headers})
        ON CONFLICT (topic, partition, message_offset, cluster_id, message_hash) DO NOTHING`;
      // What was kept before adds nothing, so it is stepped over at the bound too.
      if (kept === 1) mustHaveRoom(await waiting(session), bytes);
      await session.$executeRaw`DELETE FROM set_aside_orders WHERE topic = ${topic} AND partition = ${partition}`;
      return kept === 1;
    });
  }

  /** Who has a message set aside that stands in the way; undefined: nobody. */
  async orderedBy({topic, partition, offset, cluster}: Omit<SetAsideOrder, 'by'>): Promise<string | undefined> {
    const [row] = await this.database.$queryRaw<{ordered_by: string}[]>`
      SELECT ordered_by FROM set_aside_orders
      WHERE topic = ${topic} AND partition = ${partition} AND message_offset = ${offset} AND cluster_id = ${cluster}
        AND ordered_at > now() - make_interval(secs => ${ORDER_SECONDS})`;
    return row?.ordered_by;
  }

  /** Orders that a message is set aside if it cannot be taken; carried out where its partition stands. */
  async order({topic, partition, offset, cluster, by}: SetAsideOrder): Promise<void> {
    await this.database.$executeRaw`
      INSERT INTO set_aside_orders (topic, partition, message_offset, cluster_id, ordered_by)
      VALUES (${topic}, ${partition}, ${offset}, ${cluster}, ${by})
      ON CONFLICT (topic, partition) DO UPDATE SET message_offset = EXCLUDED.message_offset,
        cluster_id = EXCLUDED.cluster_id, ordered_by = EXCLUDED.ordered_by, ordered_at = now()`;
  }

  /** How much nobody has resolved. */
  waiting(): Promise<LettersWaiting> {
    return waiting(this.database);
  }

  /** Oldest first, without their bytes. @param which all: those too that somebody has resolved; the newest 2,000 */
  async list(which: 'unresolved' | 'all'): Promise<DeadLetter[]> {
    const rows = await this.database.$queryRaw<Row[]>`
      SELECT id, set_aside_at, set_aside_by, reason, topic, partition, message_offset, record_id, bytes, resolved_at,
        resolved_by, resolution
      FROM dead_letters WHERE resolved_at IS NULL OR ${which} = 'all' ORDER BY id DESC LIMIT ${MOST_LETTERS.messages * 2}`;
    return rows.map(letterOf).toReversed();
  }

  /** Those of these ids that there are, resolved or not. */
  async byId(ids: readonly bigint[]): Promise<DeadLetter[]> {
    const rows = await this.database.$queryRaw<Row[]>`
      SELECT id, set_aside_at, set_aside_by, reason, topic, partition, message_offset, record_id, bytes, resolved_at,
        resolved_by, resolution
      FROM dead_letters WHERE id = ANY(${ids.map(String)}::bigint[]) ORDER BY id`;
    return rows.map(letterOf);
  }

  /** Unresolved ones that hold a record. @param recordId hexadecimal */
  async ofRecord(recordId: string): Promise<DeadLetter[]> {
    const rows = await this.database.$queryRaw<Row[]>`
      SELECT id, set_aside_at, set_aside_by, reason, topic, partition, message_offset, record_id, bytes, resolved_at,
        resolved_by, resolution
      FROM dead_letters WHERE record_id = ${recordId} AND resolved_at IS NULL ORDER BY id`;
    return rows.map(letterOf);
  }

  /** How many unresolved ones hold no record that can be read. */
  async withoutRecord(): Promise<number> {
    const [row] = await this.database.$queryRaw<{count: number}[]>`
      SELECT count(*)::integer AS count FROM dead_letters WHERE record_id IS NULL AND resolved_at IS NULL`;
    return row?.count ?? 0;
  }

  /** The bytes of one; undefined: it is resolved, or there is none. */
  async bytesOf(id: bigint): Promise<LetterBytes | undefined> {
    const [row] = await this.database.$queryRaw<BytesRow[]>`
      SELECT encode(key, 'hex') AS key, encode(value, 'hex') AS value, headers FROM dead_letters
      WHERE id = ${id} AND resolved_at IS NULL`;
    return row && bytesOf(row);
  }

  /** Writes down who deleted it, and drops its bytes. @returns false when somebody has resolved it already */
  delete(id: bigint, by: string): Promise<boolean> {
    return resolve(this.database, id, 'deleted', by);
  }

  /**
   * Has it sent, writes down who did so, and drops its bytes. Its row is locked meanwhile: nobody else deletes or sends
   * what is being sent. At least once: where `send` or the commit fails it stays unresolved, and may have been sent.
   * @returns false when somebody has resolved it already: nothing was sent
   * @throws what `send` throws; DomainError `database-unavailable`
   */
  async sendAgain(id: bigint, by: string, send: (letter: LetterBytes) => Promise<void>): Promise<boolean> {
    let failed: {readonly error: unknown} | undefined;
    const sendIt = (letter: LetterBytes): Promise<void> =>
      send(letter).catch((error: unknown) => {
        failed = {error};
        throw error;
      });
    const work = async (session: SqlSession): Promise<boolean> => {
      // Nothing is said to PostgreSQL while Kafka is.
      await session.$queryRaw`SELECT set_config('idle_in_transaction_session_timeout', ${String(SEND_AGAIN_MS)}, true)`;
      const [row] = await session.$queryRaw<BytesRow[]>`
        SELECT encode(key, 'hex') AS key, encode(value, 'hex') AS value, headers FROM dead_letters
        WHERE id = ${id} AND resolved_at IS NULL FOR UPDATE`;
      if (row === undefined) return false;
      await sendIt(bytesOf(row));
      return resolve(session, id, 'sent', by);
    };
    try {
      return await transaction(this.database, work, SEND_AGAIN_MS);
    } catch (error) {
      // A Kafka that times out is no database that does.
      throw failed === undefined ? error : failed.error;
    }
  }
}

interface BytesRow {
  readonly key: string;
  readonly value: string;
  readonly headers: string;
}

const bytesOf = ({key, value, headers}: BytesRow): LetterBytes => ({key: fromHex(key), value: fromHex(value), headers});

async function resolve(session: SqlSession, id: bigint, how: 'sent' | 'deleted', by: string): Promise<boolean> {
  const count = await session.$executeRaw`
    UPDATE dead_letters SET resolved_at = now(), resolved_by = ${by}, resolution = ${how},
      key = NULL, value = NULL, headers = NULL
    WHERE id = ${id} AND resolved_at IS NULL`;
  return count === 1;
}

/** @param waiting with the one of `bytes` that is to be kept. @throws DeadLettersFull */
function mustHaveRoom({count, bytes: all}: LettersWaiting, bytes: number): void {
  if (count > MOST_LETTERS.messages || all > MOST_LETTERS.bytes)
    throw new DeadLettersFull({count: count - 1, bytes: all - bytes});
}

// Sent again it has another time. Lengths go before what may have any.
function hashOf({timestampMs, key, value, headers}: Letter): string {
  const head = Buffer.alloc(16);
  head.writeBigInt64BE(timestampMs);
  head.writeUInt32BE(key.length, 8);
  head.writeUInt32BE(value.length, 12);
  return createHash('sha256').update(head).update(key).update(value).update(headers).digest('hex');
}

async function waiting(session: SqlSession): Promise<LettersWaiting> {
  const [row] = await session.$queryRaw<{count: number; bytes: bigint | string; oldest: Date | null}[]>`
    SELECT count(*)::integer AS count, COALESCE(sum(bytes), 0)::bigint AS bytes, min(set_aside_at) AS oldest
    FROM dead_letters WHERE resolved_at IS NULL`;
  return {count: row?.count ?? 0, bytes: Number(row?.bytes ?? 0), oldestMs: row?.oldest?.getTime()};
}

const letterOf = (row: Row): DeadLetter => ({
  // A driver may give numbers of 64 bits as text.
  id: BigInt(row.id),
  topic: row.topic,
  partition: row.partition,
  offset: BigInt(row.message_offset),
  reason: row.reason,
  recordId: row.record_id ?? undefined,
  bytes: row.bytes,
  setAsideAtMs: row.set_aside_at.getTime(),
  setAsideBy: row.set_aside_by ?? undefined,
  resolved:
    row.resolved_at === null || row.resolution === null
      ? undefined
      : {atMs: row.resolved_at.getTime(), by: row.resolved_by ?? '', how: row.resolution},
});
