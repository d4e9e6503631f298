import type {SqlSession} from './sql-session.js';
import {writeRows} from './write-rows.js';
import type {Table} from './write-rows.js';

/** A message for Kafka that is written with the fact that it tells. */
export interface MessageToKeep {
  readonly topic: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** Two with the same id are one message. */
  readonly messageId: string;
  /** Default: an event's. */
  readonly contentType?: string;
  readonly traceparent?: string | undefined;
}

export interface KeptMessage extends MessageToKeep {
  readonly id: bigint;
}

interface Row {
  readonly id: bigint;
  readonly topic: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly content_type: string | null;
  readonly message_id: string;
  readonly traceparent: string | null;
}

/** Messages that wait for Kafka, in the order of their effects. */
export class OutboxStore {
  constructor(private readonly database: SqlSession) {}

  async take(limit: number): Promise<readonly KeptMessage[]> {
    const rows = await this.database.$queryRaw<Row[]>`
      SELECT id, topic, key, value, content_type, message_id, traceparent FROM outbox ORDER BY id LIMIT ${limit}`;
    return rows.map(({id, topic, key, value, content_type: contentType, message_id: messageId, traceparent}) => ({
      id,
      topic,
      key,
      value,
      messageId,
      ...(contentType === null ? {} : {contentType}),
      ...(traceparent === null ? {} : {traceparent}),
    }));
  }

  async count(most: number): Promise<number> {
    const [row] = await this.database.$queryRaw<{count: bigint}[]>`
      SELECT count(*) FROM (SELECT FROM outbox LIMIT ${most}) AS waiting`;
    return Number(row?.count ?? 0n);
  }

  async sent(ids: readonly bigint[]): Promise<void> {
    await this.database.$executeRaw`DELETE FROM outbox WHERE id = ANY(${ids.map(String)}::bigint[])`;
  }
}

const OUTBOX: Table = {
  name: 'outbox',
  columns: {
    topic: 'text',
    key: 'bytea',
    value: 'bytea',
    content_type: 'text?',
    message_id: 'text',
    traceparent: 'text?',
  },
  key: ['topic', 'message_id'],
  kept: 'all',
};

/**
 * In the transaction of the fact; they are sent in their order. A message that is kept already is not kept twice.
 */
export async function keepMessages(session: SqlSession, messages: readonly MessageToKeep[]): Promise<void> {
  await writeRows(
    session,
    OUTBOX,
    messages.map(({topic, key, value, contentType, messageId, traceparent}) => [
      topic,
      key,
      value,
      contentType,
      messageId,
      traceparent,
    ]),
  );
}
