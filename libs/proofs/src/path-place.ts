/** Where a verifier of RFC 9162 stands: its node's number on this level, and that of the level's last node. */
export interface PathPlace {
  readonly node: bigint;
  readonly last: bigint;
}

/** Whether the sibling of this node is at its left. @spec RFC 9162 §2.1.3.2 step 4.2, §2.1.4.2 step 6.2 */
export function hasLeftSibling({node, last}: PathPlace): boolean {
  return (node & 1n) === 1n || node === last;
}

/** The place one level up; a last node without a sibling rises until it is a right child. */
export function above({node, last}: PathPlace, fromRight: boolean): PathPlace {
  let skipped = 0n;
  while (fromRight && node !== 0n && ((node >> skipped) & 1n) === 0n) skipped++;
  return {node: node >> (skipped + 1n), last: last >> (skipped + 1n)};
}
