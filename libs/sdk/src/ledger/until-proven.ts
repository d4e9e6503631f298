import {equalBytes, fromHex} from '@vitalvault/contracts';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import type {StoredKey} from '../keys/stored-key.js';
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

/**
 * Whether a key is its owner's current one on the ledger.
 * @param ask for her entry, proven, in the name of that key
 */
export async function lookForKey(
  {publicKey}: StoredKey,
  ask: () => Promise<{current: SigningKey | undefined; height: bigint}>,
): Promise<Look> {
  try {
    const {current, height} = await ask();
    return {isShown: current !== undefined && equalBytes(current.publicKey, fromHex(publicKey)), height};
  } catch (error) {
    // Only a key that the ledger has may ask.
    if (error instanceof SdkError && error.code === 'unknown-key') return {isShown: false, height: 0n};
    throw error;
  }
}
