import type {Parameters} from '@vitalvault/contracts/gen/ledger/v1/state';
import {Overlay, sizeOf} from '../src/overlay.js';
import {load, save, SLOTS} from '../src/state-slots.js';
import type {MemoryState} from './memory-state.js';
import {TEST_PORTS} from './test-keys.js';

/** Sets parameters of a state that has begun: such as no genesis may have, so that a test meets them soon. */
export function withParameters(state: MemoryState, changed: Partial<Parameters>): void {
  const overlay = new Overlay(state, TEST_PORTS.sha256);
  const standing = load(state, SLOTS.parameters, []);
  if (standing === undefined) throw new Error('the state has not begun');
  save(overlay, SLOTS.parameters, [], {...standing, ...changed});
  state.apply(overlay.finish().changes, []);
}

/** Gives each organisation a part of so many keys and leaves: what it has of them already is among them. */
export function withPart(state: MemoryState, {keys, leaves}: {keys?: bigint; leaves?: bigint}): void {
  const {organisations, unpaid} = sizeOf(state);
  const each = BigInt(organisations.length);
  withParameters(state, {
    ...(keys !== undefined && {maxKeys: unpaid + each * keys}),
    ...(leaves !== undefined && {maxLeaves: each * leaves}),
  });
}
