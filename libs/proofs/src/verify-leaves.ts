import {equalBytes, sha256Of} from '@vitalvault/contracts';
import {toCount} from './count.js';
import type {Count} from './count.js';
import {HASH_BYTES} from './sha256.js';
import type {Sha256} from './sha256.js';
import {nodeHash} from './tree-hash.js';

export interface LeavesClaim {
  /** Ascending, none twice; one at the least. */
  readonly indexes: readonly Count[];
  /** Of the leaf at each index, see `leafHash`. */
  readonly leafHashes: readonly Uint8Array[];
  /** From where the root comes, a log head in the state: a proof by itself does not bind it. Below 2^64. */
  readonly size: Count;
  /** Hashes of the largest subtrees without any of these leaves, from left to right; 32 bytes each. */
  readonly proof: Uint8Array;
  readonly root: Uint8Array;
}

const MOST_LEAVES = 2n ** 64n - 1n;

/**
 * Whether the leaves stand at `indexes` of the log of `size` leaves with `root`: folds the tree of RFC 9162 from the
 * leaves and one hash for every subtree that has none of them. Never throws: whatever is wrong gives false, and so does
 * a claim about no leaf.
 * @spec RFC 9162 §2.1.1, docs/protocol.md §5.2
 */
export function verifyLeaves(claim: LeavesClaim, sha256: Sha256 = sha256Of): boolean {
  const size = toCount(claim.size);
  const indexes = ascending(claim.indexes, size);
  if (size === undefined || indexes === undefined || indexes.length !== claim.leafHashes.length) return false;
  if (claim.leafHashes.some((hash) => hash.length !== HASH_BYTES)) return false;
  const fold = new Fold(indexes, claim, sha256);
  const root = fold.subtree(0n, size, largestPower(size));
  return root !== undefined && fold.isUsedUp() && equalBytes(root, claim.root);
}

function ascending(counts: readonly Count[], size: bigint | undefined): bigint[] | undefined {
  if (counts.length === 0 || size === undefined || size > MOST_LEAVES) return undefined;
  const indexes: bigint[] = [];
  for (const count of counts) {
    const index = toCount(count);
    if (index === undefined || index >= size || index <= (indexes.at(-1) ?? -1n)) return undefined;
    indexes.push(index);
  }
  return indexes;
}

function largestPower(size: bigint): bigint {
  let power = 1n;
  while (power * 2n <= size) power *= 2n;
  return power;
}

/** Walks the tree from left to right and takes a leaf or a hash of the proof wherever the walk ends. */
class Fold {
  private leaves = 0;
  private bytes = 0;

  constructor(
    private readonly indexes: readonly bigint[],
    private readonly claim: Pick<LeavesClaim, 'leafHashes' | 'proof'>,
    private readonly sha256: Sha256,
  ) {}

  /**
   * Root over the leaves [from, to); undefined when the proof has too few hashes. @param power two's, not below half
   */
  subtree(from: bigint, to: bigint, power: bigint): Uint8Array | undefined {
    const next = this.indexes[this.leaves];
    if (next === undefined || next >= to) return this.ofProof();
    if (to - from === 1n) return this.claim.leafHashes[this.leaves++];
    let split = power;
    while (split >= to - from) split /= 2n;
    const left = this.subtree(from, from + split, split);
    const right = left === undefined ? undefined : this.subtree(from + split, to, split);
    return left === undefined || right === undefined ? undefined : nodeHash(left, right, this.sha256);
  }

  isUsedUp(): boolean {
    return this.leaves === this.indexes.length && this.bytes === this.claim.proof.length;
  }

  private ofProof(): Uint8Array | undefined {
    const hash = this.claim.proof.subarray(this.bytes, this.bytes + HASH_BYTES);
    this.bytes += HASH_BYTES;
    return hash.length === HASH_BYTES ? hash : undefined;
  }
}
