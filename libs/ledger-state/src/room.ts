import {equalBytes} from '@vitalvault/contracts';
import type {Parameters} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {Amounts, Overlay, StateTotals} from './overlay.js';
import {quotient} from './quotient.js';

/** Share of the room that is kept for rights: one in so many. */
const RIGHTS_SHARE = 10n;
/** Of the room that is kept for the organisations, the same for each. */
const KEPT_SHARE = 2n;

/**
 * Whether the state has room for what changes add. Keys and leaves are bounded for all together, long before a
 * validator's memory ends; the last tenth is for rights; and half of all is kept for the organisations, so that none
 * takes what another needs. What adds nothing always has room.
 * @param changes one on top of the other, the last one at the top, whose payer answers for all
 * @spec docs/protocol.md §4.3
 */
export function hasRoom(
  changes: readonly [...Overlay[], Overlay],
  {maxKeys, maxLeaves}: Pick<Parameters, 'maxKeys' | 'maxLeaves'>,
  {rights}: {readonly rights: boolean},
): boolean {
  const top = changes.at(-1) as Overlay;
  const size = top.size();
  const fits = (what: keyof Amounts, all: bigint): boolean => {
    if (changes.reduce((sum, one) => sum + one.growth()[what], 0) <= 0) return true;
    return hasRoomFor(size, what, {payer: top.payer, most: rights ? all : all - quotient(all, RIGHTS_SHARE)});
  };
  return fits('keys', maxKeys) && fits('leaves', maxLeaves);
}

// Whoever has less than is kept for her has room; beyond that she leaves all others theirs.
function hasRoomFor(
  size: StateTotals,
  what: keyof Amounts,
  {payer, most}: {readonly payer: Uint8Array | undefined; readonly most: bigint},
): boolean {
  const {organisations} = size;
  const kept = quotient(most, KEPT_SHARE * BigInt(Math.max(1, organisations.length)));
  let taken = what === 'keys' ? size.keys + size.promised : size.leaves;
  for (const one of organisations) {
    if (one[what] > kept) continue;
    if (payer !== undefined && equalBytes(one.organisation, payer)) return true;
    taken += kept - one[what];
  }
  return taken <= most;
}
