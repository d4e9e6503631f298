import {create} from '@bufbuild/protobuf';
import {HoldingsSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {Holdings, Parameters} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {TxContext} from './message-rules.js';
import type {Overlay} from './overlay.js';
import type {Level} from './room.js';
import {has, load, save, SLOTS} from './state-slots.js';
import type {ReadableState} from './state-view.js';

/** What is counted of a patient, with its number in the parameters under the same name. */
type Counted = Exclude<keyof Holdings, '$typeName' | '$unknown'>;

/** What has a ceiling. */
export type Holding = Exclude<Counted, 'rights'>;

/** Each with the keys that one of it adds for good; what stands of it is counted once more, and adds none. */
const KEYS_OF: Readonly<Record<Holding, number>> = {
  tags: 1,
  epochs: 1,
  liveGrants: 0,
  grants: 1,
  // The device, its key and itself.
  registrations: 3,
  liveDevices: 0,
};

export const HOLDINGS = Object.keys(KEYS_OF) as readonly Holding[];

/** Keys of a patient's first right, whatever it is: its bucket, what is counted of her, and the most of one holding. */
const FIRST_RIGHT = 5;

/** Keeps room for a patient's first right. @spec docs/protocol.md §4.3 */
export function promiseFirstRight(state: Overlay): void {
  state.promise(FIRST_RIGHT);
}

/** Whether a patient has used no right yet. */
export const hasFirstRight = (state: ReadableState, patient: Uint8Array): boolean =>
  !has(state, SLOTS.holdings, [patient]);

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
  const after = heldBy(state, patient);
  for (const name of HOLDINGS) {
    const change = changes[name] ?? 0;
    after[name] += change;
    if (change > 0 && after[name] > mostOf(state, patient, {name, parameters})) return false;
    if (change > 0) after.rights += change * KEYS_OF[name];
  }
  keep(state, patient, after);
  return true;
}

/** Counts the leaf of a right that ends nothing. */
export function countRight(state: Overlay, patient: Uint8Array): void {
  const held = heldBy(state, patient);
  keep(state, patient, {...held, rights: held.rights + 1});
}

/**
 * Counts no more than her base for whoever had a patient's key so far: what her next succession adds to it is hers.
 * Before the succession is counted.
 */
export function closeBase({state, parameters}: TxContext, patient: Uint8Array): void {
  if (hasFirstRight(state, patient)) return;
  const held = heldBy(state, patient);
  const rights = Math.min(held.rights, mostOf(state, patient, {name: 'rights', parameters}));
  if (rights < held.rights) keep(state, patient, {...held, rights});
}

/** What room a patient's right is asked for: beyond her base what she adds is hers, but no right. */
export function levelOfRight(state: ReadableState, patient: Uint8Array, parameters: Parameters): Level {
  return heldBy(state, patient).rights <= mostOf(state, patient, {name: 'rights', parameters}) ? 'rights' : 'bulk';
}

function heldBy(state: ReadableState, patient: Uint8Array): Holdings {
  return {...(load(state, SLOTS.holdings, [patient]) ?? create(HoldingsSchema))};
}

function keep(state: Overlay, patient: Uint8Array, held: Holdings): void {
  if (hasFirstRight(state, patient)) state.promise(-FIRST_RIGHT);
  save(state, SLOTS.holdings, [patient], held);
}

function mostOf(
  state: ReadableState,
  patient: Uint8Array,
  {name, parameters: {holdings, holdingsPerSuccession}}: {name: Counted; parameters: Parameters},
): number {
  const successions = load(state, SLOTS.patient, [patient])?.successions ?? 0;
  return (holdings?.[name] ?? 0) + successions * (holdingsPerSuccession?.[name] ?? 0);
}
