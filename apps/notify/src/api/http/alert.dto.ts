import {AlertKind} from '@vitalvault/contracts/gen/events/v1/events';
import {RequestAccessSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {RequestAccess} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {ACTION, PURPOSE, decodeCanonical, toHex} from '@vitalvault/contracts';
import type {Fields} from '@vitalvault/contracts';
import {decimalText, hexText, uint32} from '@vitalvault/http';
import {z} from 'zod';
import {ALERT_KINDS} from '../../domain/alert.js';
import type {AlertKindName, QueuedAlert} from '../../domain/alert.js';

const decimal = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform(BigInt);

export const alertsQuery = z.strictObject({
  after: decimal.optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,3}$/)
    .transform(Number)
    .refine((value) => value <= 1_000, 'above 1,000')
    .optional(),
});

/** A request has other headers too. */
export const alertsHeaders = z.object({
  accept: z.string().optional().describe('text/event-stream: what is there and what comes, as server-sent events.'),
  'last-event-id': decimal.optional().describe('Of an event stream: the number seen last.'),
});

export const alertParams = z.strictObject({id: hexText(32)});

const alertRequest = z.strictObject({
  grantId: z.string().regex(/^([0-9a-f]{32})?$/),
  typeTag: hexText(16),
  slotFrom: uint32,
  slotTo: uint32,
  purpose: z.int().min(PURPOSE.TREAT).max(PURPOSE.PUBHLTH),
  action: z.int().min(ACTION.read).max(ACTION.write),
  detailsHash: z.string().regex(/^([0-9a-f]{64})?$/),
});
export const alertAnswer = z.strictObject({
  id: hexText(32),
  seq: decimalText,
  kind: z.enum(ALERT_KINDS as [AlertKindName, ...AlertKindName[]]),
  raisedAtMs: decimalText,
  subject: z
    .string()
    .describe('Transaction id (and number and request of an answer), record id or bytes of a CID, by kind.'),
  text: z.string(),
  reader: hexText(20).optional(),
  organisation: hexText(20).optional(),
  permit: z.boolean().optional(),
  request: alertRequest.optional(),
  acknowledged: z.boolean(),
});
export type AlertAnswer = z.infer<typeof alertAnswer>;

export const alertsAnswer = z.strictObject({
  alerts: z.array(alertAnswer),
  next: decimalText.describe('`after` of the next page.'),
});

/**
 * An alert as the API, the event stream and the webhooks have it: bytes in hexadecimal, 64-bit numbers as decimal
 * strings.
 */
export function toAlertJson(alert: QueuedAlert): AlertAnswer {
  const {alertId, seq, kind, raisedAtMs, subject, text, reader, organisation, permit, request, acknowledged} = alert;
  return {
    id: alertId,
    seq: seq.toString(),
    kind: AlertKind[kind] as AlertKindName,
    raisedAtMs: raisedAtMs.toString(),
    subject,
    text,
    ...(reader === undefined ? {} : {reader}),
    ...(organisation === undefined ? {} : {organisation}),
    ...(permit === undefined ? {} : {permit}),
    ...(request === undefined ? {} : {request: toRequestJson(request)}),
    acknowledged,
  };
}

/** The patient knows herself, and the reader's one-time key says nothing to her; every other field she is told. */
type Told = Exclude<keyof Fields<RequestAccess>, 'patient' | 'readerKey'>;

function toRequestJson(bytes: Uint8Array): z.infer<typeof alertRequest> {
  const {grantId, typeTag, slotFrom, slotTo, purpose, action, detailsHash} = decodeCanonical(
    RequestAccessSchema,
    bytes,
  );
  return {
    grantId: toHex(grantId),
    typeTag: toHex(typeTag),
    slotFrom,
    slotTo,
    purpose,
    action,
    detailsHash: toHex(detailsHash),
  } satisfies Record<Told, unknown>;
}
