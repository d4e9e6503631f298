import {fromHex, sha256Of, toHex} from '@vitalvault/contracts';
import {StateTree, stateKey} from '@vitalvault/proofs';

const ABSENT_KIND = 200;
const encoder = new TextEncoder();

/** The whole of test/vectors/proofs-state.json. */
export function stateMapVectors() {
  const tree = new StateTree();
  const entries = Array.from({length: 9}, (_, i) => {
    const [kind, parts, value] = [
      1 + (i % 3),
      [encoder.encode('part'), Uint8Array.of(i)],
      encoder.encode(`value ${i}`),
    ];
    tree.update([{key: stateKey(kind, parts), valueHash: sha256Of(value)}]);
    return {kind, parts: parts.map(toHex), value: toHex(value), rootAfter: toHex(tree.root)};
  });
  const absent = Array.from({length: 12}, (_, i) => ({
    kind: ABSENT_KIND,
    parts: [toHex(Uint8Array.of(i))],
    value: null,
  }));
  return {
    source:
      'made by libs/proofs, recomputed from the definition by its spec; docs/protocol.md §5.1. rootAfter: the root when the entry and those before it are set.',
    entries,
    proofs: [...entries, ...absent].map((entry) => proofOf(tree, entry)),
  };
}

function proofOf(tree: StateTree, {kind, parts, value}: {kind: number; parts: string[]; value: string | null}) {
  const key = stateKey(kind, parts.map(fromHex));
  const {siblings, otherKey, otherValueHash} = tree.prove(key);
  return {
    kind,
    parts,
    key: toHex(key),
    value,
    siblings: siblings.map(toHex),
    otherKey: otherKey === undefined ? null : toHex(otherKey),
    otherValueHash: otherValueHash === undefined ? null : toHex(otherValueHash),
  };
}
