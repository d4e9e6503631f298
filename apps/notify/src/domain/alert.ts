import {alertId, encodeCanonical, equalBytes, toHex} from '@vitalvault/contracts';
import {AlertKind} from '@vitalvault/contracts/gen/events/v1/events';
import type {Alert} from '@vitalvault/contracts/gen/events/v1/events';
import {RequestAccessSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {DomainError} from '@vitalvault/errors';
import {textOf} from './alert-text.js';

/** An alert that is to be queued. Ids in lower-case hexadecimal. */
export interface NewAlert {
  /** Of all that it says, and to whom: the same is one alert, however often and by whichever way it is told. */
  readonly alertId: string;
  readonly patient: string;
  readonly kind: AlertKind;
  readonly raisedAtMs: bigint;
  /** Transaction id (and number and request of an answer), record id or the bytes of a CID, by kind. */
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
  /** Per patient, rising in the order of becoming visible: Unix microseconds, or one more than her last. */
  readonly seq: bigint;
  readonly acknowledged: boolean;
}

/** Name of a kind as the API has it. */
export type AlertKindName = Exclude<keyof typeof AlertKind, 'UNSPECIFIED'>;

export const ALERT_KINDS = Object.keys(AlertKind).filter(
  (name) => Number.isNaN(Number(name)) && name !== 'UNSPECIFIED',
) as AlertKindName[];

const MAX_SUBJECT_BYTES = 128;

/** What the events of the ledger tell, and no service. */
const OF_THE_LEDGER: ReadonlySet<AlertKind> = new Set([AlertKind.ACCESS_REFUSED, AlertKind.RIGHTS_CHANGED]);
/** What these mean stands in their fields: they have no words of their own. */
const WORDLESS: ReadonlySet<AlertKind> = new Set([AlertKind.ACCESS_PERMITTED, AlertKind.KEYS_RELEASED]);

/**
 * Reads an alert that another service tells.
 * @returns why it cannot be one: `wrong-version` where a later version may take it
 */
export function readAlert(alert: Alert): NewAlert | DomainError {
  const unknown = unknownOf(alert);
  if (unknown !== undefined) return new DomainError('wrong-version', {detail: `alert.${unknown}`});
  const fault = faultOf(alert);
  return fault === undefined ? toQueue(alert) : new DomainError('invalid-field', {detail: `alert.${fault}`});
}

/** An alert whose id fits, as it is queued. */
export function toQueue(alert: Alert): NewAlert {
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

// Enums are open on the wire: the number may be none of ours.
function unknownOf({kind, text, subject}: Alert): string | undefined {
  if (!(kind in AlertKind)) return 'kind: none that this version knows';
  if (WORDLESS.has(kind) && text !== '') return 'text: this kind has none in this version';
  return subject.length > MAX_SUBJECT_BYTES ? 'subject: longer than any that this version knows' : undefined;
}

function faultOf(alert: Alert): string | undefined {
  if (alert.kind === AlertKind.UNSPECIFIED) return 'kind';
  if (OF_THE_LEDGER.has(alert.kind)) return 'kind: only the ledger tells of it';
  if (alert.raisedAtMs === 0n) return 'raisedAtMs';
  const field = longOrShort(alert);
  if (field !== undefined) return field;
  return equalBytes(alert.alertId, alertId(alert)) ? undefined : 'alertId: does not fit what the alert says';
}

function longOrShort({patient, subject, reader, organisation}: Alert): string | undefined {
  if (patient.length !== 20) return 'patient';
  if (subject.length === 0) return 'subject';
  if (![0, 20].includes(reader.length)) return 'reader';
  return [0, 20].includes(organisation.length) ? undefined : 'organisation';
}
