import {sha256Of} from '@vitalvault/contracts';
import {splitPoint} from './merkle-root.js';
import {Frontier} from './frontier.js';
import {joinHashes} from './joined-hashes.js';
import {HASH_BYTES} from './sha256.js';
import type {Sha256} from './sha256.js';
import {emptyLogRoot, nodeHash} from './tree-hash.js';

/** Hashes of one level in one growing buffer. */
class Level {
  private bytes = new Uint8Array(4 * HASH_BYTES);
  private count = 0;

  push(hash: Uint8Array): number {
    if ((this.count + 1) * HASH_BYTES > this.bytes.length) {
      const larger = new Uint8Array(this.bytes.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(hash, this.count * HASH_BYTES);
    return this.count++;
  }

  at(index: number): Uint8Array {
    return this.bytes.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }
}

/**
 * A whole RFC 9162 log as the hashes of all its complete subtrees: appends in O(1) amortised, gives roots and proofs of
 * any size it ever had in O(log² n) hashes. Holds hashes only, no leaves; 64 bytes per leaf.
 * @spec RFC 9162 §2.1
 */
export class LogTree {
  private readonly levels: Level[] = [];
  private leaves = 0;

  constructor(private readonly sha256: Sha256 = sha256Of) {}

  get size(): number {
    return this.leaves;
  }

  append(leafHash: Uint8Array): void {
    let hash = leafHash;
    for (let level = 0; ; level++) {
      const store = (this.levels[level] ??= new Level());
      const index = store.push(hash);
      if (index % 2 === 0) break;
      hash = nodeHash(store.at(index - 1), hash, this.sha256);
    }
    this.leaves++;
  }

  /** @throws RangeError when there is no such leaf. */
  leafHash(index: number): Uint8Array {
    this.check(index >= 0 && index < this.leaves);
    return (this.levels[0] as Level).at(index);
  }

  /** @throws RangeError when the log never had `size` leaves; so do all methods below. */
  root(size: number = this.leaves): Uint8Array {
    this.check(size >= 0 && size <= this.leaves);
    return size === 0 ? emptyLogRoot(this.sha256) : this.range(0, size);
  }

  /**
   * One proof for the leaves at `indexes` (ascending, none twice), for `verifyLeaves`.
   * @throws RangeError when the log has no such leaves
   */
  leavesProof(indexes: readonly number[], size: number = this.leaves): Uint8Array {
    this.check(size <= this.leaves && indexes.every((index, i) => index > (indexes[i - 1] ?? -1) && index < size));
    const proof: Uint8Array[] = [];
    let done = 0;
    const walk = (from: number, to: number): void => {
      const next = indexes[done];
      if (next === undefined || next >= to) proof.push(this.range(from, to));
      else if (to - from === 1) done++;
      else {
        const middle = from + splitPoint(to - from);
        walk(from, middle);
        walk(middle, to);
      }
    };
    if (indexes.length > 0) walk(0, size);
    return joinHashes(proof);
  }

  /** @spec RFC 9162 §2.1.4.1 */
  consistency(size1: number, size2: number = this.leaves): Uint8Array[] {
    this.check(size1 > 0 && size1 <= size2 && size2 <= this.leaves);
    const proof: Uint8Array[] = [];
    let [from, to] = [0, size2];
    while (size1 !== to) {
      const middle = from + splitPoint(to - from);
      if (size1 <= middle) {
        proof.push(this.range(middle, to));
        to = middle;
      } else {
        proof.push(this.range(from, middle));
        from = middle;
      }
    }
    if (from !== 0) proof.push(this.range(from, to));
    return proof.reverse();
  }

  frontier(): Frontier {
    const peaks: Uint8Array[] = [];
    let from = 0;
    for (let level = this.levels.length - 1; level >= 0; level--) {
      const width = 2 ** level;
      if (Math.floor(this.leaves / width) % 2 === 0) continue;
      peaks.push(this.range(from, from + width));
      from += width;
    }
    return Frontier.from(BigInt(this.leaves), peaks);
  }

  // Root over leaves [from, to). The ranges of RFC 9162's recursions begin at a multiple of their own width rounded up.
  private range(from: number, to: number): Uint8Array {
    const width = to - from;
    let complete = 1;
    let level = 0;
    for (; complete * 2 <= width; level++) complete *= 2;
    if (complete === width) return (this.levels[level] as Level).at(from / width);
    const middle = from + complete;
    return nodeHash(this.range(from, middle), this.range(middle, to), this.sha256);
  }

  private check(holds: boolean): void {
    if (!holds) throw new RangeError(`out of a log of ${this.leaves} leaves`);
  }
}
