import {equalBytes} from '@vitalvault/contracts';
import type {Bucket} from '@vitalvault/contracts/gen/ledger/v1/state';
import {CorruptStateError} from './overlay.js';
import type {Overlay} from './overlay.js';
import {load, save, SLOTS} from './state-slots.js';

/** First id part of the value that says where a ring was looked at last. */
const HAND = 0;
/** Of one that is made two others are looked at: so those that are full go faster than new ones come. */
const LOOKS = 2;
const IDENTITY = 20;

/**
 * Puts a new bucket into the ring of the organisation that answers for these changes. It is the last one that
 * `sweepRing` comes to.
 * @param parts of its key: the bucket, a patient, who asks about her
 * @returns `Bucket.next` of the new one, which the caller saves
 * @spec docs/protocol.md §4.3
 */
export function joinRing(state: Overlay, parts: readonly Uint8Array[]): Uint8Array {
  const name = nameOf(parts);
  const hand = handOf(state);
  moveHand(state, name);
  if (hand === undefined) return name;
  const before = bucketIn(state, hand);
  save(state, SLOTS.bucket, partsOf(hand), {...before, next: name});
  return before.next;
}

/**
 * Takes buckets that are full again out of the state: one that is not there is full. A ring is one organisation's, so
 * each key is given back to whom it was counted for; and what one removes is no room for another.
 * @param buckets taken from just now, which may be new ones
 * @spec docs/protocol.md §4.3
 */
export function sweepRing(state: Overlay, buckets: number, isFull: (bucket: number, stored: Bucket) => boolean): void {
  let hand = handOf(state);
  for (let looks = LOOKS * buckets; hand !== undefined && looks > 0; looks--) {
    const before = bucketIn(state, hand);
    const name = before.next;
    const stored = bucketIn(state, name);
    if (!isFull(name[0] as number, stored)) {
      hand = name;
      continue;
    }
    state.set(SLOTS.bucket.kind, partsOf(name), undefined);
    if (equalBytes(name, hand)) hand = undefined;
    else save(state, SLOTS.bucket, partsOf(hand), {...before, next: stored.next});
  }
  moveHand(state, hand);
}

function handOf(state: Overlay): Uint8Array | undefined {
  return load(state, SLOTS.bucket, keyOfHand(state))?.next;
}

function moveHand(state: Overlay, next: Uint8Array | undefined): void {
  const key = keyOfHand(state);
  if (next === undefined) state.set(SLOTS.bucket.kind, key, undefined);
  else save(state, SLOTS.bucket, key, {next});
}

function keyOfHand({payer}: Overlay): Uint8Array[] {
  if (payer === undefined) throw new CorruptStateError('nobody answers for a bucket');
  return [Uint8Array.of(HAND), payer];
}

function bucketIn(state: Overlay, name: Uint8Array): Bucket {
  const bucket = load(state, SLOTS.bucket, partsOf(name));
  if (bucket === undefined) throw new CorruptStateError('a ring of buckets has a gap');
  return bucket;
}

function nameOf(parts: readonly Uint8Array[]): Uint8Array {
  const name = new Uint8Array(1 + 2 * IDENTITY);
  let at = 0;
  for (const part of parts) {
    name.set(part, at);
    at += part.length;
  }
  return name;
}

function partsOf(name: Uint8Array): Uint8Array[] {
  return [name.slice(0, 1), name.slice(1, 1 + IDENTITY), name.slice(1 + IDENTITY)];
}
