import {CATALOGUE, isErrorCode} from '@vitalvault/errors';
import type {ErrorCode} from '@vitalvault/errors';

/**
 * What the SDK itself finds wrong, and what to do then; every other code comes from a service's problem document. A
 * code without a remedy does not compile. docs/errors.md is made from it.
 */
export const SDK_ERRORS = {
  network: {
    title: 'Nobody answered, or not in time.',
    remedy: 'Check the address and that the system is up; then try again.',
  },
  'invalid-argument': {
    title: 'A value that the caller gave is none.',
    remedy: 'Correct what the message names; a file that was edited by hand has such faults too.',
  },
  'answer-malformed': {
    title: 'A service answered with something that cannot be read.',
    remedy: 'Check that the address is that of the service, and of this version; if it is, report it.',
  },
  'untrusted-header': {
    title: 'The validators of the genesis did not sign the header.',
    remedy: 'Do not trust that service. Check that the genesis file is of this ledger; then ask another validator.',
  },
  'stale-header': {
    title: 'The header is too old, or from the future.',
    remedy:
      'The ledger makes no blocks, or an old state is shown: try again, or another validator. Check the own clock too.',
  },
  'proof-invalid': {
    title: 'What the service says does not follow from the header.',
    remedy: 'Try another validator, and report the one that answered.',
  },
  'log-incomplete': {
    title: 'Something of the access log was withheld or changed.',
    remedy: 'Try another validator, and report the one that answered.',
  },
  'log-older-than-known': {
    title: 'A shorter access log is shown than was seen before.',
    remedy:
      'Ask another validator. If all of them show the shorter one, entries are withheld or the ledger was set back: ' +
      'keep the log that you have, and tell another organisation of the consortium.',
  },
  'log-forked': {
    title: 'The access log does not begin with what was seen before: one of the two is false.',
    remedy:
      'Believe neither. Keep both, trust no permission or removal that only one of them shows, ' +
      'and tell another organisation of the consortium at once.',
  },
  'headers-differ': {
    title: 'The validators signed two headers of one height: the ledger was forked.',
    remedy: 'Believe neither, keep both answers and tell the other organisations.',
  },
  'one-organisation': {
    title: 'Nobody else gives the header of this log.',
    remedy: "Name another organisation's policy service as witness, try again, or do without strictness.",
  },
  'config-refused': {
    title: 'The configuration is not for this device, not signed by its owner, or not the newest.',
    remedy: 'Take the newest configuration that the owner of the device signed.',
  },
  'epoch-missing': {
    title: 'The patient published no epoch key for that type and hour.',
    remedy: 'The patient publishes keys for the type from that hour on; readings of earlier hours cannot be sealed.',
  },
  schema: {
    title: 'A reading is not what its schema asks for.',
    remedy: 'Correct the reading that the message names; nothing of it was sent.',
  },
  implausible: {
    title: 'Nobody has such a value: it is a fault of the sensor or of the file.',
    remedy: 'Look at the reading that the message names; sensors write such numbers when they measured nothing.',
  },
  'record-too-large': {
    title: 'One reading is too large for a record.',
    remedy: 'Shorten it; a record holds at most 64 KiB of ciphertext.',
  },
  'role-missing': {
    title: 'The key may not sign this: the genesis gives it another role, or none at this time.',
    remedy: 'Use the key of the role that the message names.',
  },
  'part-refused': {
    title: 'A half-signed transaction is damaged, or not the one that was asked for.',
    remedy: 'Sign nothing. Ask the other side for its file again, and look at what it says.',
  },
  'unknown-grantee': {
    title: 'The member is not on the ledger, is suspended, or her organisation does not vouch for her.',
    remedy: 'Ask for the id again; the member must be registered and in good standing.',
  },
  'unknown-grant': {
    title: 'She has no such grant.',
    remedy: 'Look at the list of her grants for the whole id. An id that none of them has can be revoked on demand.',
  },
  'grantee-is-organisation': {
    title: 'The grantee is an organisation.',
    remedy: 'Grant to its members, one by one: ask each for her id.',
  },
  'unknown-type': {
    title: 'The type is not known here, or not named by the grant.',
    remedy: 'Name a type that the grant covers and that this version has a schema for.',
  },
  'receipt-invalid': {
    title: 'The receipt is not signed by ingest for exactly this record.',
    remedy: 'Keep the readings and post them again; if it stays, the custodian answers wrongly: report it.',
  },
  'wraps-missing': {
    title: 'There are no keys for this grant.',
    remedy: 'The patient has not deposited keys for this grant yet; ask her.',
  },
  'wraps-wrong': {
    title: 'The keys that the patient signed for this grant do not fit hers on the ledger, or do not open.',
    remedy: 'It is not the service: ask the patient to put the grant again, which deposits its keys anew.',
  },
  'replacement-pending': {
    title: 'The replacement of the signing key is not finished.',
    remedy: 'Replace the key again: it goes on where it stopped, with the same new key.',
  },
  'other-organisation': {
    title: "The policy service is another organisation's than the one that was named.",
    remedy: 'Correct the URLs of the services, or the organisation that stands beside them.',
  },
  'description-invalid': {
    title: 'No organisation of the genesis vouches for this policy service.',
    remedy:
      'If it is a clock: correct it. Else ask for the URL of the policy service and for the genesis of the ledger.',
  },
} as const satisfies Readonly<Record<string, {title: string; remedy: string}>>;

export type SdkOnlyCode = keyof typeof SDK_ERRORS;
/** Every code of an `SdkError`. */
export type SdkCode = ErrorCode | SdkOnlyCode;

/** What the caller can do about it. */
export function remedyOf(code: SdkCode): string {
  return isErrorCode(code) ? CATALOGUE[code].remedy : SDK_ERRORS[code].remedy;
}
