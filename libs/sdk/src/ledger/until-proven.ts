import {SdkError} from '../sdk-error.js';
import type {VerifiedLedger} from './verified-ledger.js';

/** What a proof said of something that a service calls committed. */
export interface Look {
  isShown: boolean;
  /** Height of the header that the proof was checked against: it speaks for the blocks before. */
  height: bigint;
}

const TRIES = 5;
const PAUSE_MS = 1_000;

/**
 * A service said that a transaction is in the block of this height. Asks the ledger until it proves that; what depends
 * on it is changed after that and not before. The validator that answers may be a block or two behind.
 * @throws SdkError `tx-timeout` when a header past that block does not show it, or none such comes: it is as if no
 *   answer had come
 */
export async function untilProven(
  {api}: VerifiedLedger,
  committedAt: bigint,
  look: () => Promise<Look>,
): Promise<void> {
  for (let left = TRIES; ; left--) {
    const {isShown, height} = await look();
    if (isShown) return;
    if (height > committedAt || left <= 1)
      throw new SdkError('tx-timeout', {
        detail: `the service says that it is in block ${committedAt}, and the ledger does not prove it`,
        meta: {height: String(committedAt)},
      });
    await api.environment.sleep(PAUSE_MS);
  }
}
