import {create} from '@bufbuild/protobuf';
import {HoldingsSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {Holdings} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {TxContext} from './message-rules.js';
import {load, save, SLOTS} from './state-slots.js';
import type {ReadableState} from './state-view.js';

/** What is counted of a patient. */
export type Holding = Exclude<keyof Holdings, '$typeName' | '$unknown'>;

/** All that is counted, with its ceiling in the parameters under the same name. */
export const HOLDINGS = [
  'tags',
  'epochs',
  'liveGrants',
  'grants',
  'registrations',
  'liveDevices',
] as const satisfies readonly Holding[];

/** All that a patient holds for good; what stands of it is not counted again. */
export function heldBy(view: ReadableState, patient: Uint8Array): number {
  const held = load(view, SLOTS.holdings, [patient]);
  return held === undefined ? 0 : held.tags + held.epochs + held.grants + held.registrations;
}

/**
 * Counts what a patient has in the state: it stays there for ever, so each kind of it has a ceiling. A part of it opens
 * with each succession, so that whoever had her key before leaves her something.
 * @param changes by how much each count changes; one that falls is never refused
 * @returns false, and counts nothing, when one would rise above its ceiling
 * @spec docs/protocol.md §4.3
 */
export function countHoldings(
  {state, parameters}: TxContext,
  patient: Uint8Array,
  changes: Partial<Record<Holding, number>>,
): boolean {
  const after = {...(load(state, SLOTS.holdings, [patient]) ?? create(HoldingsSchema))};
  const successions = load(state, SLOTS.patient, [patient])?.successions ?? 0;
  for (const name of HOLDINGS) {
    const change = changes[name] ?? 0;
    after[name] += change;
    const most = (parameters.holdings?.[name] ?? 0) + successions * (parameters.holdingsPerSuccession?.[name] ?? 0);
    if (change > 0 && after[name] > most) return false;
  }
  save(state, SLOTS.holdings, [patient], after);
  return true;
}
