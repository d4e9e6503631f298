import {LIMITS} from '@vitalvault/contracts';
import type {SignedAccepted} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {BoundedMap} from './bounded-map.js';
import type {RecordNumber} from './incoming-record.js';

/** What became of a number lately. */
export interface RecentNumber {
  /** Or T("skip", …) of a number that was given up. */
  readonly recordId: Uint8Array;
  /** undefined: given up. */
  readonly receipt: SignedAccepted | undefined;
  readonly acceptedAtMs: number;
  /** False: it was sent to the log and the outcome is unknown, so no receipt was handed out. */
  readonly durable: boolean;
}

/**
 * Numbers used a short while ago, because storage learns of them only when it has read the log; and per registration
 * the highest number known, which bounds how far ahead a device may be.
 */
export class RecentNumbers {
  readonly #numbers: BoundedMap<RecordNumber, RecentNumber>;
  readonly #highest: BoundedMap<string, bigint>;

  constructor(limit = 20_000) {
    this.#numbers = new BoundedMap(limit);
    this.#highest = new BoundedMap(limit);
  }

  get(number: RecordNumber): RecentNumber | undefined {
    return this.#numbers.get(number);
  }

  remember(number: RecordNumber, entry: RecentNumber): void {
    this.#numbers.set(number, entry);
    if (entry.durable) this.known(number);
  }

  /** Storage, or the log, has this number. */
  known(number: RecordNumber): void {
    const {registration, sequence} = split(number);
    if (sequence > (this.#highest.get(registration) ?? 0n)) this.#highest.set(registration, sequence);
  }

  /** Whether the number is within the window above the highest one known. @spec docs/protocol.md §3.6 */
  withinWindow(number: RecordNumber): boolean {
    const {registration, sequence} = split(number);
    return sequence <= (this.#highest.get(registration) ?? 0n) + BigInt(LIMITS.sequenceWindow);
  }
}

function split(number: RecordNumber): {registration: string; sequence: bigint} {
  const end = number.lastIndexOf('/');
  return {registration: number.slice(0, end), sequence: BigInt(number.slice(end + 1))};
}
