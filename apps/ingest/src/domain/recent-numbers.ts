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

/** Numbers used a short while ago, because storage learns of them only when it has read the log. */
export class RecentNumbers {
  readonly #numbers: BoundedMap<RecordNumber, RecentNumber>;

  constructor(limit = 20_000) {
    this.#numbers = new BoundedMap(limit);
  }

  get(number: RecordNumber): RecentNumber | undefined {
    return this.#numbers.get(number);
  }

  remember(number: RecordNumber, entry: RecentNumber): void {
    this.#numbers.set(number, entry);
  }
}
