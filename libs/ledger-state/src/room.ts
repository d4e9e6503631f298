import type {Parameters} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {Overlay} from './overlay.js';
import {quotient} from './quotient.js';

/** Share of the room that is kept for rights: one in so many. */
const RIGHTS_SHARE = 10n;

/**
 * Whether the state has room for what changes add. Keys and leaves are bounded for all together, long before a
 * validator's memory ends, and the last tenth is for rights. What adds nothing always has room.
 * @param changes one on top of the other, the last one at the top
 * @spec docs/protocol.md §4.3
 */
export function hasRoom(
  changes: readonly [...Overlay[], Overlay],
  {maxKeys, maxLeaves}: Pick<Parameters, 'maxKeys' | 'maxLeaves'>,
  {rights}: {readonly rights: boolean},
): boolean {
  const size = (changes.at(-1) as Overlay).size();
  const most = (all: bigint): bigint => (rights ? all : all - quotient(all, RIGHTS_SHARE));
  const adds = (what: 'keys' | 'leaves'): boolean => changes.reduce((sum, one) => sum + one.growth()[what], 0) > 0;
  return (!adds('keys') || size.keys <= most(maxKeys)) && (!adds('leaves') || size.leaves <= most(maxLeaves));
}
