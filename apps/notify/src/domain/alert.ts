import {encodeCanonical, taggedHash, toHex} from '@vitalvault/contracts';
import {AlertKind} from '@vitalvault/contracts/gen/events/v1/events';
import type {Alert} from '@vitalvault/contracts/gen/events/v1/events';
import {RequestAccessSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {DomainError} from '@vitalvault/errors';
import {textOf} from './alert-text.js';

/** An alert that is to be queued. Ids in lower-case hexadecimal. */
export interface NewAlert {
  /** T("alert", kind || subject): the same event is one alert, however often and by whichever way it is told. */
  readonly alertId: string;
  readonly patient: string;
  readonly kind: AlertKind;
  readonly raisedAtMs: bigint;
  /** Transaction id, record id or the bytes of a CID, by kind. */
  readonly subject: string;
  readonly text: string;
  readonly reader?: string;
  readonly organisation?: string;
  readonly permit?: boolean;
  /** Canonical RequestAccess. */
  readonly request?: Uint8Array;
}

/** An alert as it is kept. */
export interface QueuedAlert extends NewAlert {
  /** Per patient, from 1, in the order of becoming visible. */
  readonly seq: bigint;
  readonly acknowledged: boolean;
}

/** @spec docs/protocol.md §9.2 */
export function alertIdOf(kind: AlertKind, subject: Uint8Array): Uint8Array {
  return taggedHash('alert', Uint8Array.of(kind), subject);
}

/** Name of a kind as the API has it. */
export type AlertKindName = Exclude<keyof typeof AlertKind, 'UNSPECIFIED'>;

export const ALERT_KINDS = Object.keys(AlertKind).filter(
  (name) => Number.isNaN(Number(name)) && name !== 'UNSPECIFIED',
) as AlertKindName[];

const MAX_SUBJECT_BYTES = 128;

/** Reads an alert that another service tells. @returns why it cannot be one. */
export function readAlert(alert: Alert): NewAlert | DomainError {
  const fault = faultOf(alert);
  if (fault !== undefined) return new DomainError('invalid-field', {detail: `alert.${fault}`});
  return {
    alertId: toHex(alert.alertId),
    patient: toHex(alert.patient),
    kind: alert.kind,
    raisedAtMs: alert.raisedAtMs,
    subject: toHex(alert.subject),
    text: textOf(alert.kind, alert.text),
    ...(alert.reader.length === 0 ? {} : {reader: toHex(alert.reader), permit: alert.permit}),
    ...(alert.organisation.length === 0 ? {} : {organisation: toHex(alert.organisation)}),
    ...(alert.request === undefined ? {} : {request: encodeCanonical(RequestAccessSchema, alert.request)}),
  };
}

function faultOf(alert: Alert): string | undefined {
  // Enums are open on the wire: the number may be none of ours.
  if (alert.kind === AlertKind.UNSPECIFIED || !(alert.kind in AlertKind)) return 'kind';
  if (alert.patient.length !== 20) return 'patient';
  if (alert.subject.length === 0 || alert.subject.length > MAX_SUBJECT_BYTES) return 'subject';
  if (toHex(alert.alertId) !== toHex(alertIdOf(alert.kind, alert.subject)))
    return 'alertId: does not fit kind and subject';
  if (![0, 20].includes(alert.reader.length)) return 'reader';
  if (![0, 20].includes(alert.organisation.length)) return 'organisation';
  if (alert.raisedAtMs === 0n) return 'raisedAtMs';
  return undefined;
}
