import {fromHex, toHex} from '@vitalvault/contracts';
import {LogTree, leafHash} from '@vitalvault/proofs';

/** One proof for every set of leaves of the log in protocol.json, and every consistency path, of each size it had. */
export function logPathVectors(leaves: readonly string[]) {
  const tree = new LogTree();
  for (const leaf of leaves) tree.append(leafHash(fromHex(leaf)));
  const sizes = leaves.map((_leaf, i) => i + 1);
  return {
    about:
      'Proofs in the log of protocol.json (state.log): of leaves (docs/protocol.md §5.2), and RFC 9162 §2.1.4 paths; its roots are state.log.roots[size].',
    leaves: sizes.flatMap((size) =>
      setsOf(size).map((indexes) => ({size, indexes, proof: toHex(tree.leavesProof(indexes, size))})),
    ),
    consistency: sizes.flatMap((size2) =>
      sizes.slice(0, size2).map((size1) => ({size1, size2, path: tree.consistency(size1, size2).map(toHex)})),
    ),
  };
}

/** Every set of indexes below `size` but the empty one. */
function setsOf(size: number): number[][] {
  const places = Array.from({length: size}, (_none, index) => index);
  return Array.from({length: 2 ** size - 1}, (_none, i) => places.filter((index) => ((i + 1) >> index) % 2 === 1));
}
