import type {Parameters, Registration} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {Block} from './block-time.js';

/** Whether the owner has removed a registration. Block 0 is genesis, which registers and removes nothing. */
export function isRemoved({removedAtHeight}: Pick<Registration, 'removedAtHeight'>): boolean {
  return removedAtHeight !== 0n;
}

/**
 * Whether a removed registration still delivers what it recorded before: for the grace of the parameters, in blocks and
 * in time, whichever is over first. @spec docs/protocol.md §4.5
 */
export function isInGrace(
  {removedAtHeight, removedAtTime}: Pick<Registration, 'removedAtHeight' | 'removedAtTime'>,
  {height, time}: Block,
  {removalGraceBlocks, removalGraceSeconds}: Pick<Parameters, 'removalGraceBlocks' | 'removalGraceSeconds'>,
): boolean {
  return height - removedAtHeight <= BigInt(removalGraceBlocks) && time - removedAtTime <= BigInt(removalGraceSeconds);
}
