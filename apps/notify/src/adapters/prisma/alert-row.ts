import {fromDecimal, toDecimal} from '@vitalvault/contracts';
import type {AlertToQueue} from '../../application/ports.js';
import type {QueuedAlert} from '../../domain/alert.js';
import type {Alert as AlertRow, Prisma} from './gen/client.js';

/** Row of an alert that is new. */
export function toRow({alert, pushed, traceparent}: AlertToQueue, seq: bigint): Prisma.AlertCreateManyInput {
  const {request, reader, organisation, permit, raisedAtMs, ...rest} = alert;
  return {
    ...rest,
    raisedAtMs: toDecimal(raisedAtMs),
    seq,
    pushed,
    traceparent: traceparent ?? null,
    reader: reader ?? null,
    organisation: organisation ?? null,
    permit: permit ?? null,
    request: request === undefined ? null : Uint8Array.from(request),
  };
}

export function fromRow(row: AlertRow): QueuedAlert {
  const {alertId, patient, seq, kind, raisedAtMs, subject, text, acknowledged} = row;
  return {
    alertId,
    patient,
    seq,
    kind,
    raisedAtMs: fromDecimal(raisedAtMs),
    subject,
    text,
    acknowledged,
    ...(row.reader === null ? {} : {reader: row.reader}),
    ...(row.organisation === null ? {} : {organisation: row.organisation}),
    ...(row.permit === null ? {} : {permit: row.permit}),
    ...(row.request === null ? {} : {request: row.request}),
  };
}
