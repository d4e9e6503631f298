import {fromHex, toHex} from '@vitalvault/contracts';
import {LogTree, leafHash} from '@vitalvault/proofs';

/** Every inclusion path and every consistency path of the log in protocol.json, of each size that it had. */
export function logPathVectors(leaves: readonly string[]) {
  const tree = new LogTree();
  for (const leaf of leaves) tree.append(leafHash(fromHex(leaf)));
  const sizes = leaves.map((_leaf, i) => i + 1);
  return {
    about:
      'Paths in the log of protocol.json (state.log), RFC 9162 §2.1.3 and §2.1.4; its roots are state.log.roots[size].',
    inclusion: sizes.flatMap((size) =>
      sizes.slice(0, size).map((_size, index) => ({size, index, path: tree.inclusion(index, size).map(toHex)})),
    ),
    consistency: sizes.flatMap((size2) =>
      sizes.slice(0, size2).map((size1) => ({size1, size2, path: tree.consistency(size1, size2).map(toHex)})),
    ),
  };
}
