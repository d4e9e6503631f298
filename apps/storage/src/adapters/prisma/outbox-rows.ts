import {TOPICS, fromHex} from '@vitalvault/contracts';
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

/** Bytes as Prisma takes them: with a buffer of their own. */
export const bytesOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => Uint8Array.from(bytes);
