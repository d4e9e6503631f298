import {TOPICS, fromHex} from '@vitalvault/contracts';
import type {MessageToKeep} from '@vitalvault/postgres';
import type {AlertToSend} from '../../domain/alerts.js';

/** Message that sends an alert. */
export const alertMessage = ({patient, value, messageId, traceparent}: AlertToSend): MessageToKeep => ({
  topic: TOPICS.alerts,
  key: fromHex(patient),
  value,
  messageId,
  contentType: 'application/vnd.vitalvault.alert.v1+protobuf',
  traceparent,
});

/** Bytes as Prisma takes them: with a buffer of their own. */
export const bytesOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => Uint8Array.from(bytes);
