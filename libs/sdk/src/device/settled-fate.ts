import type {PendingRecord} from './device-stores.js';
import type {ReceiptState} from './receipt-state.js';

/** A record that stays pending although the gateway has an answer about its number. */
export interface KeptRecord {
  registration: number;
  sequence: bigint;
  recordId: string;
  /**
   * Code of ingest's refusal; or `another-record`: the answer names another record or none; or `answer-malformed`.
   */
  reason: string;
}

/** `reseal`: under a new number. */
export type SettledFate = 'anchored' | 'waiting' | 'reseal' | 'another-record';

/**
 * What an answer about a number means for the record that a device keeps under it: nothing, unless it names this very
 * record. The gateway is not trusted, and a restored counter gives a number twice.
 * @param state undefined: nothing is known of the number
 */
export function settledFate({recordId}: PendingRecord, state: ReceiptState | undefined): SettledFate {
  if (state === undefined) return 'waiting';
  // A number that was given up before it had a record names none. Sealing anew forgets no reading.
  if (state.state === 'skipped' && (state.recordId === '' || state.recordId === recordId)) return 'reseal';
  if (state.recordId !== recordId) return 'another-record';
  if (state.state === 'anchored') return 'anchored';
  return state.state === 'refused' ? 'reseal' : 'waiting';
}
