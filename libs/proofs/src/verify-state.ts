import {equalBytes, sha256Of} from '@vitalvault/contracts';
import {HASH_BYTES} from './sha256.js';
import type {Sha256} from './sha256.js';
import {bitOf, stateLeafHash, stateNodeHash} from './state-hash.js';

/**
 * Proof of presence (siblings only) or of absence (with the other leaf at the end of the path, or an empty subtree).
 */
export interface StatePath {
  /** From the root downwards; 32 zero bytes stand for an empty subtree. */
  readonly siblings: readonly Uint8Array[];
  readonly otherKey?: Uint8Array | undefined;
  readonly otherValueHash?: Uint8Array | undefined;
}

export interface StateClaim {
  /** App hash that a verified header carries. */
  readonly root: Uint8Array;
  readonly key: Uint8Array;
  /** Undefined claims that the key is absent. */
  readonly value: Uint8Array | undefined;
  readonly proof: StatePath;
}

/**
 * Whether the state with `root` holds exactly `value` under `key`, or nothing. Never throws: whatever is wrong gives
 * false. Does not check the root: that is the light client's part.
 * @spec docs/protocol.md §5.1
 */
export function verifyState(claim: StateClaim, sha256: Sha256 = sha256Of): boolean {
  const {root, key, proof} = claim;
  const depth = proof.siblings.length;
  if (root.length !== HASH_BYTES || key.length !== HASH_BYTES || depth > HASH_BYTES * 8) return false;
  if (proof.siblings.some((sibling) => sibling.length !== HASH_BYTES)) return false;
  let hash = endOfPath(claim, sha256);
  if (hash === undefined) return false;
  for (let level = depth - 1; level >= 0; level--) {
    const sibling = proof.siblings[level] as Uint8Array;
    const children = new Uint8Array(2 * HASH_BYTES);
    const right = bitOf(key, level) === 1;
    children.set(hash, right ? HASH_BYTES : 0);
    children.set(sibling, right ? 0 : HASH_BYTES);
    hash = stateNodeHash(children, sha256);
  }
  return equalBytes(hash, root);
}

function endOfPath({key, value, proof}: StateClaim, sha256: Sha256): Uint8Array | undefined {
  const {otherKey, otherValueHash} = proof;
  if (otherKey === undefined && otherValueHash === undefined) {
    return value === undefined ? new Uint8Array(HASH_BYTES) : stateLeafHash(key, sha256(value), sha256);
  }
  if (value !== undefined || otherKey?.length !== HASH_BYTES || otherValueHash?.length !== HASH_BYTES) return undefined;
  return isOnPathOf(key, otherKey, proof.siblings.length) ? stateLeafHash(otherKey, otherValueHash, sha256) : undefined;
}

// The other leaf proves absence only where the claimed key would stand: it shares the path but is not the key.
function isOnPathOf(key: Uint8Array, otherKey: Uint8Array, depth: number): boolean {
  for (let level = 0; level < depth; level++) {
    if (bitOf(otherKey, level) !== bitOf(key, level)) return false;
  }
  return !equalBytes(otherKey, key);
}
