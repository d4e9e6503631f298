import {TOPICS, encodeCanonical, fromHex} from '@vitalvault/contracts';
import {RecordStoredSchema} from '@vitalvault/contracts/gen/events/v1/events';
import type {AlertToSend} from '../../domain/alerts.js';
import type {Prisma} from './gen/client.js';

type OutboxRow = Prisma.OutboxMessageCreateManyInput;

/** Row that sends an alert. */
export const alertRow = (alert: AlertToSend): OutboxRow => ({
  topic: TOPICS.alerts,
  key: fromHex(alert.patient),
  value: bytesOf(alert.value),
  messageId: alert.messageId,
  contentType: 'application/vnd.vitalvault.alert.v1+protobuf',
  traceparent: alert.traceparent ?? null,
});

/** Row that announces a stored record. */
export const storedRow = (record: {
  recordId: string;
  patient: string;
  cid: string;
  replicas: number;
  traceparent: string | null;
}): OutboxRow => ({
  topic: TOPICS.recordsStored,
  key: fromHex(record.patient),
  messageId: `stored-${record.recordId}`,
  value: encodeCanonical(RecordStoredSchema, {
    recordId: fromHex(record.recordId),
    patient: fromHex(record.patient),
    cid: record.cid,
    replicas: record.replicas,
  }),
  contentType: 'application/vnd.vitalvault.record-stored.v1+protobuf',
  traceparent: record.traceparent,
});

/** Bytes as Prisma takes them: with a buffer of their own. */
export const bytesOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => Uint8Array.from(bytes);
