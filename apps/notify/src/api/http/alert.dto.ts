import {AlertKind} from '@vitalvault/contracts/gen/events/v1/events';
import {RequestAccessSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {decodeCanonical, toHex} from '@vitalvault/contracts';
import {z} from 'zod';
import type {QueuedAlert} from '../../domain/alert.js';

const decimal = z.string().regex(/^\d{1,18}$/).transform(BigInt);

export const alertsQuery = z.strictObject({
  after: decimal.optional(),
  limit: z.string().regex(/^[1-9]\d{0,3}$/).transform(Number).refine((value) => value <= 1_000, 'above 1,000').optional(),
});
export type AlertsQuery = z.infer<typeof alertsQuery>;

export const lastEventId = decimal;

export const alertParams = z.strictObject({id: z.string().regex(/^[0-9a-f]{64}$/)});
export type AlertParams = z.infer<typeof alertParams>;

/** An alert as the API, the event stream and the webhooks have it: bytes in hexadecimal, 64-bit numbers as decimal strings. */
export function toAlertJson(alert: QueuedAlert): object {
  const {alertId, seq, kind, raisedAtMs, subject, text, reader, organisation, permit, request, acknowledged} = alert;
  return {
    id: alertId, seq: seq.toString(), kind: AlertKind[kind], raisedAtMs: raisedAtMs.toString(), subject, text,
    ...(reader === undefined ? {} : {reader}),
    ...(organisation === undefined ? {} : {organisation}),
    ...(permit === undefined ? {} : {permit}),
    ...(request === undefined ? {} : {request: toRequestJson(request)}),
    acknowledged,
  };
}

function toRequestJson(bytes: Uint8Array): object {
  const {grantId, typeTag, slotFrom, slotTo, purpose, action, detailsHash} = decodeCanonical(RequestAccessSchema, bytes);
  return {grantId: toHex(grantId), typeTag: toHex(typeTag), slotFrom, slotTo, purpose, action, detailsHash: toHex(detailsHash)};
}
