import {alertOf as alertWithId, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {AlertKind, AlertSchema} from '@vitalvault/contracts/gen/events/v1/events';

/** An alert to a patient, ready for vv.alerts.v1. */
export interface AlertToSend {
  /** Hexadecimal. */
  readonly patient: string;
  readonly messageId: string;
  /** Canonical bytes of an Alert. */
  readonly value: Uint8Array;
  readonly traceparent: string | undefined;
}

export type StorageAlert = 'corrupt' | 'failed' | 'refused';

const KINDS: Readonly<Record<StorageAlert, AlertKind>> = {
  corrupt: AlertKind.STORAGE_CORRUPT,
  failed: AlertKind.STORAGE_FAILED,
  refused: AlertKind.RECORD_REFUSED,
};

/**
 * @param about.subject CID bytes (corrupt) or record id (failed, refused): the same kind, subject and text are one
 *   alert
 * @param about.text no ids, no keys, nothing of the data
 */
export function alertOf(
  alert: StorageAlert,
  about: {patient: string; subject: Uint8Array; text: string; raisedAtMs: bigint; traceparent: string | undefined},
): AlertToSend {
  const {patient, traceparent, raisedAtMs, subject, text} = about;
  const told = alertWithId({patient: fromHex(patient), kind: KINDS[alert], raisedAtMs, subject, text});
  return {patient, traceparent, messageId: toHex(told.alertId), value: encodeCanonical(AlertSchema, told)};
}

/** Bytes of the CIDv1 (raw, sha2-256) of a ciphertext with this hash. */
export function cidBytes(ciphertextHash: Uint8Array): Uint8Array {
  return Uint8Array.of(0x01, 0x55, 0x12, 0x20, ...ciphertextHash);
}
