import {CODE, LIMITS} from '@vitalvault/contracts';
import type {SequenceWindow} from '@vitalvault/contracts/gen/ledger/v1/state';
import {bitAt, emptyBitmap, shifted, withBit} from './bitmap.js';

type Window = Pick<SequenceWindow, 'base' | 'bitmap'>;

/** The window of a registration that has sent nothing: it begins at 1. */
export function freshSequenceWindow(): Window {
  return {base: 1n, bitmap: emptyBitmap(LIMITS.sequenceWindow)};
}

/**
 * Whether a sequence number may be taken now.
 * @returns 0, `entryDuplicate` (anchored or skipped before; final) or `entryWindow` (too far ahead; transient).
 * @spec docs/protocol.md §3.6
 */
export function checkSequence(window: Window, sequence: bigint): number {
  if (sequence < window.base) return CODE.entryDuplicate;
  const offset = sequence - window.base;
  if (offset >= BigInt(LIMITS.sequenceWindow)) return CODE.entryWindow;
  return bitAt(window.bitmap, Number(offset)) ? CODE.entryDuplicate : CODE.ok;
}

/** The window after a number that `checkSequence` allowed: its base is again the lowest number not taken. */
export function takeSequence(window: Window, sequence: bigint): Window {
  const bitmap = withBit(window.bitmap, Number(sequence - window.base));
  let taken = 0;
  while (taken < LIMITS.sequenceWindow && bitAt(bitmap, taken)) taken++;
  return taken === 0
    ? {base: window.base, bitmap}
    : {base: window.base + BigInt(taken), bitmap: shifted(bitmap, -taken)};
}
