import {splitPoint} from './merkle-root.js';

/**
 * By how many hashes `LogTree.leavesProof` grows when `index` is asked for as well: −1 for the sibling of the leaf
 * before.
 * @param before the last leaf asked for so far, below `index`; undefined: none
 */
export function proofGrowth(index: number, before: number | undefined, size: number): number {
  let hashes = 0;
  // Until both lie in one half, that before has it in its proof.
  let together = before !== undefined;
  for (let [from, to] = [0, size]; to - from > 1;) {
    const middle = from + splitPoint(to - from);
    if (together && index >= middle && (before as number) < middle) {
      // The half of `index` was one hash and is opened.
      together = false;
      hashes -= 1;
    } else if (!together) hashes += 1;
    if (index < middle) to = middle;
    else from = middle;
  }
  return hashes;
}
