import {equalBytes} from '@vitalvault/contracts';
import type {Parameters} from '@vitalvault/contracts/gen/ledger/v1/state';
import {CorruptStateError} from './overlay.js';
import type {Amounts, Overlay, StateTotals} from './overlay.js';
import {quotient} from './quotient.js';

/**
 * What room is asked for. *Bulk* is what comes in masses: records, people, and what a patient has beyond her base.
 * *Reads* are questions, and the keys of members who ask them. *Rights* are a patient's and an organisation's.
 */
export type Level = 'bulk' | 'reads' | 'rights';

/** How much of a part each may fill, whatever filled it: bulk leaves room to reads, and both to rights. */
const TENTHS: Readonly<Record<Level, bigint>> = {bulk: 7n, reads: 9n, rights: 10n};

type Most = Pick<Parameters, 'maxKeys' | 'maxLeaves'>;

/**
 * The part of each organisation: equal ones of all that somebody answers for. Nothing is in common, so nobody's growth
 * is ever a reason to refuse another's.
 * @spec docs/protocol.md §4.3
 */
export function partOf({organisations, unpaid}: StateTotals, {maxKeys, maxLeaves}: Most): Amounts {
  const each = (all: bigint): bigint => quotient(all, BigInt(organisations.length));
  return {keys: each(maxKeys - unpaid), leaves: each(maxLeaves)};
}

/**
 * Whether there is room for what changes add, in the part of the organisation that answers for them. What adds nothing
 * always has room.
 * @param changes one on top of the other, the last one at the top, whose payer answers for all
 * @throws CorruptStateError when no organisation of the genesis answers for them
 * @spec docs/protocol.md §4.3
 */
export function hasRoom(changes: readonly [...Overlay[], Overlay], most: Most, level: Level): boolean {
  const top = changes.at(-1) as Overlay;
  const adds = (what: keyof Amounts): boolean => changes.reduce((sum, one) => sum + one.growth()[what], 0) > 0;
  const added = (['keys', 'leaves'] as const).filter(adds);
  if (added.length === 0) return true;
  const size = top.size();
  const own = size.organisations.find(({organisation}) => equalBytes(organisation, top.payer ?? new Uint8Array(0)));
  if (own === undefined) throw new CorruptStateError('nobody answers for what is added');
  const part = partOf(size, most);
  return added.every((what) => own[what] <= quotient(part[what] * TENTHS[level], 10n));
}
