import type {Block} from './block-time.js';
import type {Overlay} from './overlay.js';
import {has, load, save, SLOTS} from './state-slots.js';

/** What a validator did, as consensus proved it in the block that is executed. */
export interface ProvenMisbehaviour {
  /** CometBFT address, 20 bytes. */
  readonly address: Uint8Array;
  /** 1 duplicate vote, 2 attack on a light client. */
  readonly kind: number;
  /** Where it was done, and the Unix seconds of that block. */
  readonly height: bigint;
  readonly time: bigint;
  readonly power: bigint;
}

const KINDS: readonly number[] = [1, 2];
/** Of one validator: whoever signs twice once may do it at every height. */
const MOST_RECORDED = 1_000;
/** Keys that one validator may add so: each record, and their number. */
export const KEYS_OF_MISBEHAVIOUR = MOST_RECORDED + 1;

/**
 * Writes what validators did into the state: each once, of validators of the genesis, and so many of one of them at the
 * most. The block changes nothing else for it.
 * @returns what is new
 * @spec docs/protocol.md §5.6
 */
export function recordMisbehaviour(
  state: Overlay,
  block: Block,
  proven: readonly ProvenMisbehaviour[],
): ProvenMisbehaviour[] {
  return proven.filter((one) => record(state, block, one));
}

function record(state: Overlay, block: Block, {address, kind, height, time, power}: ProvenMisbehaviour): boolean {
  const parts = [address, bigEndian(height), Uint8Array.of(kind)];
  if (!KINDS.includes(kind) || !has(state, SLOTS.validator, [address]) || has(state, SLOTS.misbehaviour, parts))
    return false;
  const count = load(state, SLOTS.misbehaviourCount, [address])?.count ?? 0;
  if (count >= MOST_RECORDED) return false;
  save(state, SLOTS.misbehaviour, parts, {kind, height, time, power, recordedAtHeight: block.height});
  save(state, SLOTS.misbehaviourCount, [address], {count: count + 1});
  return true;
}

function bigEndian(height: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, height);
  return bytes;
}
