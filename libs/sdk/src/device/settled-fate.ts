import type {SdkCode} from '../sdk-errors.js';
import type {PendingRecord} from './device-stores.js';
import type {ReceiptState} from './receipt-state.js';

/** A record that stays pending although there is an answer about it. */
export interface KeptRecord {
  registration: number;
  sequence: bigint;
  recordId: string;
  /**
   * Code of ingest's refusal; or `another-record`: the gateway or the ledger has another one in its place;
   * `other-owner`, `other-custodian`: it was sealed for somebody else than the device serves now; or the code of a
   * proof that does not hold.
   */
  reason: string;
}

/**
 * `anchored`: the gateway says so, which is to be proven. `reseal`: under a new number, giving the old one up;
 * `renumber`: so too, but the old number is not this record's to give up. `set-aside`: nothing will ever take it as it
 * is.
 */
export type SettledFate = 'anchored' | 'waiting' | 'reseal' | 'renumber' | 'set-aside' | 'another-record';

/** Refused though the readings are good: what they were sealed under ended meanwhile. */
const SEALED_TOO_LATE: ReadonlySet<string> = new Set(['unknown-epoch', 'unknown-release-key']);
/** Codes of ingest, and names of the ledger's, by which a reading is never taken by this registration. */
const NEVER_TAKEN: ReadonlySet<string> = new Set([
  ...(['slot-out-of-range', 'wrong-tag', 'device-removed'] satisfies SdkCode[]),
  ...['entrySlot', 'entryTag', 'deviceRemoved'],
]);
/** It is taken when there is room, or when those before it are settled. */
const TAKEN_LATER: ReadonlySet<string> = new Set(['quota-exceeded', 'sequence-too-far']);

export interface FateFacts {
  /** What the gateway knows of the number; undefined: nothing. */
  state: ReceiptState | undefined;
  /** Code by which ingest refused this record just now. */
  refusal?: string | undefined;
  /** Whether it was sealed under the registration that the device has now. */
  ownRegistration: boolean;
}

/**
 * What is to be done with a pending record. An answer counts only when it names this very record: the gateway is not
 * trusted, and a restored counter gives a number twice. Sealing anew and setting aside forget no reading.
 * @returns a fate, or the code by which ingest refuses it and somebody has to look at it
 * @spec docs/protocol.md §3.6
 */
export function settledFate(
  record: PendingRecord,
  {state, refusal, ownRegistration}: FateFacts,
): SettledFate | {refused: string} {
  if (state !== undefined) return fateByState(record, state, {refusal, ownRegistration});
  if (refusal === undefined || TAKEN_LATER.has(refusal)) return 'waiting';
  return refusedFate(refusal, ownRegistration) ?? {refused: refusal};
}

function fateByState(
  {recordId}: PendingRecord,
  {state, recordId: told, refusal: ofLedger}: ReceiptState,
  {refusal, ownRegistration}: Omit<FateFacts, 'state'>,
): SettledFate {
  // A number that was given up before it had a record names none.
  const isOwn = told === recordId || (told === '' && state === 'skipped');
  if (!isOwn) return refusal === 'sequence-conflict' ? 'renumber' : 'another-record';
  if (state === 'anchored') return 'anchored';
  if (state === 'skipped') return 'reseal';
  if (state !== 'refused') return 'waiting';
  return (ofLedger && refusedFate(ofLedger.name, ownRegistration)) ?? 'reseal';
}

function refusedFate(code: string, ownRegistration: boolean): SettledFate | undefined {
  // The ledger has another record or a skip under the number, or the gateway has.
  if (code === 'sequence-conflict' || code === 'entryDuplicate') return 'renumber';
  if (SEALED_TOO_LATE.has(code)) return 'reseal';
  if (!NEVER_TAKEN.has(code)) return undefined;
  // What an earlier registration does not give any more, the present one may.
  return ownRegistration ? 'set-aside' : 'reseal';
}
