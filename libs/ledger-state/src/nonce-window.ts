import {CODE, LIMITS} from '@vitalvault/contracts';
import {bitAt, emptyBitmap, shifted, withBit} from './bitmap.js';
import type {Overlay} from './overlay.js';
import {load, save, SLOTS} from './state-slots.js';

/**
 * Uses a nonce of a key up: a sliding window of 1,024, so that late and reversed arrivals are taken once and one lost
 * transaction stalls nobody.
 * @returns 0, or `nonceTooFar` above highest + 1,024, or `nonceUsed` when it was used or has left the window.
 * @spec docs/protocol.md §4.2 rule 3
 */
export function spendNonce(state: Overlay, keyId: Uint8Array, nonce: bigint): number {
  const width = BigInt(LIMITS.nonceWindow);
  const window = load(state, SLOTS.nonceWindow, [keyId]) ?? fresh();
  if (nonce > window.highest + width) return CODE.nonceTooFar;
  if (nonce + width <= window.highest) return CODE.nonceUsed;
  if (nonce > window.highest) {
    const bitmap = withBit(shifted(window.bitmap, Number(nonce - window.highest)), 0);
    save(state, SLOTS.nonceWindow, [keyId], {highest: nonce, bitmap});
    return CODE.ok;
  }
  const age = Number(window.highest - nonce);
  if (bitAt(window.bitmap, age)) return CODE.nonceUsed;
  save(state, SLOTS.nonceWindow, [keyId], {highest: window.highest, bitmap: withBit(window.bitmap, age)});
  return CODE.ok;
}

/** Keeps a place for the nonces of a key that has used none. */
export function beginNonces(state: Overlay, keyId: Uint8Array): void {
  save(state, SLOTS.nonceWindow, [keyId], fresh());
}

const fresh = () => ({highest: 0n, bitmap: emptyBitmap(LIMITS.nonceWindow)});
