import {sha256Of} from '@vitalvault/contracts';
import {HASH_BYTES} from './sha256.js';
import type {Sha256} from './sha256.js';
import {emptyLogRoot, nodeHash} from './tree-hash.js';

/**
 * All that is needed to append to an RFC 9162 log: the roots of its complete subtrees, the largest (oldest) first, one
 * for each bit that is set in `size`. Immutable: `append` gives another one, so an overlay can be thrown away.
 * @spec RFC 9162 §2.1.1
 */
export class Frontier {
  static readonly empty = new Frontier(0n, []);

  private constructor(
    readonly size: bigint,
    readonly peaks: readonly Uint8Array[],
  ) {}

  /** @throws RangeError when there is not exactly one 32-byte peak for each bit of `size`. */
  static from(size: bigint, peaks: readonly Uint8Array[]): Frontier {
    let bits = 0;
    for (let rest = size; rest > 0n; rest >>= 1n) bits += Number(rest & 1n);
    if (size < 0n || bits !== peaks.length || peaks.some((peak) => peak.length !== HASH_BYTES)) {
      throw new RangeError(`${peaks.length} peaks do not fit a log of ${size}`);
    }
    return new Frontier(size, peaks);
  }

  append(leaf: Uint8Array, sha256: Sha256 = sha256Of): Frontier {
    const peaks = [...this.peaks];
    let hash = leaf;
    for (let rest = this.size; (rest & 1n) === 1n; rest >>= 1n)
      hash = nodeHash(peaks.pop() as Uint8Array, hash, sha256);
    peaks.push(hash);
    return new Frontier(this.size + 1n, peaks);
  }

  root(sha256: Sha256 = sha256Of): Uint8Array {
    if (this.peaks.length === 0) return emptyLogRoot(sha256);
    return this.peaks.reduceRight((right, left) => nodeHash(left, right, sha256));
  }
}
