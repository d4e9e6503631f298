import {toHex} from '@vitalvault/contracts';
import type {SqlSession} from './sql-session.js';

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

/** In the transaction of the fact. A message that is kept already is not kept twice. */
export async function keepMessages(session: SqlSession, messages: readonly MessageToKeep[]): Promise<void> {
  if (messages.length === 0) return;
  const texts = (of: (message: MessageToKeep) => string | undefined): string[] =>
    messages.map((message) => of(message) ?? '');
  // As text, because a driver's arrays of bytes are not to be relied on. The order of the array is that of the ids.
  await session.$executeRaw`
    INSERT INTO outbox (topic, key, value, content_type, message_id, traceparent)
    SELECT topic, decode(key, 'hex'), decode(value, 'hex'), NULLIF(content_type, ''), message_id, NULLIF(traceparent, '')
    FROM unnest(${texts(({topic}) => topic)}::text[], ${texts(({key}) => toHex(key))}::text[], ${texts(({value}) => toHex(value))}::text[],
      ${texts(({contentType}) => contentType)}::text[], ${texts(({messageId}) => messageId)}::text[], ${texts(({traceparent}) => traceparent)}::text[])
      WITH ORDINALITY AS kept (topic, key, value, content_type, message_id, traceparent, place)
    ORDER BY place
    ON CONFLICT (topic, message_id) DO NOTHING`;
}
