import {PositionMoved} from '@vitalvault/process';
import type {Advance, TopicPosition} from '@vitalvault/process';
import type {SqlSession} from './sql-session.js';

interface Row {
  readonly topic: string;
  readonly partition: number;
  readonly next_offset: bigint | string;
  readonly cluster_id: string;
  readonly last_hash: string | null;
  readonly stands: string | null;
}

/** Of one partition: what is stored, and why Kafka does not continue it. */
export interface StoredPosition {
  readonly topic: string;
  readonly partition: number;
  readonly position: TopicPosition;
  /** In words; undefined: nothing was found against it. */
  readonly stands: string | undefined;
}

/** How far each topic was taken, in the database that has the effects. */
export class OffsetStore {
  constructor(private readonly database: SqlSession) {}

  async load(topic: string, partition: number): Promise<TopicPosition | undefined> {
    const rows = await this.database.$queryRaw<Row[]>`
      SELECT * FROM consumer_offsets WHERE topic = ${topic} AND partition = ${partition}`;
    return rows[0] === undefined ? undefined : positionOf(rows[0]);
  }

  /** Of every partition that a record was taken from. */
  async all(): Promise<StoredPosition[]> {
    const rows = await this.database.$queryRaw<Row[]>`SELECT * FROM consumer_offsets ORDER BY topic, partition`;
    return rows.map((row) => ({
      topic: row.topic,
      partition: row.partition,
      position: positionOf(row),
      stands: row.stands ?? undefined,
    }));
  }

  /** Notes for a person why a partition stands; undefined: it goes on. */
  async note(topic: string, partition: number, stands: string | undefined): Promise<void> {
    await this.database.$executeRaw`
      UPDATE consumer_offsets SET stands = ${stands ?? null}
      WHERE topic = ${topic} AND partition = ${partition} AND stands IS DISTINCT FROM ${stands ?? null}`;
  }

  /**
   * A person has a partition that stands begin elsewhere; what is given up by it stays written down.
   * @returns false when it does not stand there any more: then nothing was changed
   */
  async decide({topic, partition, from, to}: Advance & {from: TopicPosition}, by: string): Promise<boolean> {
    const count = await this.database.$executeRaw`
      WITH old AS (
        SELECT * FROM consumer_offsets
        WHERE topic = ${topic} AND partition = ${partition} AND stands IS NOT NULL
          AND next_offset = ${from.next} AND cluster_id = ${from.cluster} FOR UPDATE
      ), moved AS (
        UPDATE consumer_offsets AS now SET next_offset = ${to.next}, cluster_id = ${to.cluster}, last_hash = NULL, stands = NULL
        FROM old WHERE now.topic = old.topic AND now.partition = old.partition
      )
      INSERT INTO position_decisions (decided_by, topic, partition, stands, given_up_offset, given_up_cluster, given_up_hash,
        begins_offset, begins_cluster)
      SELECT ${by}, topic, partition, stands, next_offset, cluster_id, last_hash, ${to.next}, ${to.cluster} FROM old`;
    return count === 1;
  }
}

/**
 * In the transaction of the effect: written only where the stored position is the one that the effect continues.
 * @throws PositionMoved when another one is stored; the transaction must not commit then
 */
export async function savePosition(session: SqlSession, advance: Advance): Promise<void> {
  const count = await (advance.from === undefined ? begin(session, advance) : move(session, advance, advance.from));
  if (count !== 1) throw new PositionMoved(advance);
}

const begin = (session: SqlSession, {topic, partition, to}: Advance): PromiseLike<number> => session.$executeRaw`
  INSERT INTO consumer_offsets (topic, partition, next_offset, cluster_id, last_hash)
  VALUES (${topic}, ${partition}, ${to.next}, ${to.cluster}, ${to.last ?? null})
  ON CONFLICT (topic, partition) DO NOTHING`;

const move = (session: SqlSession, {topic, partition, to}: Advance, from: TopicPosition): PromiseLike<number> =>
  session.$executeRaw`
    UPDATE consumer_offsets SET next_offset = ${to.next}, cluster_id = ${to.cluster}, last_hash = ${to.last ?? null}
    WHERE topic = ${topic} AND partition = ${partition} AND next_offset = ${from.next} AND cluster_id = ${from.cluster}
      AND last_hash IS NOT DISTINCT FROM ${from.last ?? null}`;

const positionOf = ({next_offset, cluster_id, last_hash}: Row): TopicPosition => ({
  // A driver may give it as text.
  next: BigInt(next_offset),
  cluster: cluster_id,
  last: last_hash ?? undefined,
});
