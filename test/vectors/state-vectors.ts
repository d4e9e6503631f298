import {STATE_KIND, encodeCanonical, sha256Of, toHex} from '@vitalvault/contracts';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {StateTree, leafHash, merkleRoot, stateKey} from '@vitalvault/proofs';
import {idOf, random, tag} from './vector-keys.ts';

/** A small map with its proofs, and a log with its roots. */
export function state() {
  const entries: [keyof typeof STATE_KIND, Uint8Array[], Uint8Array][] = [
    ['patient', [idOf('patient')], random(40)],
    ['registration', [idOf('device'), Uint8Array.of(0, 0, 0, 1)], random(30)],
    ['epochHead', [idOf('patient'), tag], random(8)],
    ['accessLog', [idOf('patient')], random(36)],
    ['parameters', [], random(12)],
  ];
  const tree = new StateTree();
  tree.stage(
    entries.map(([kind, parts, value]) => ({key: stateKey(STATE_KIND[kind], parts), valueHash: sha256Of(value)})),
  );
  tree.commit();
  const absent = stateKey(STATE_KIND.patient, [idOf('member')]);
  const proof = (key: Uint8Array) => {
    const {siblings, otherKey, otherValueHash} = tree.prove(key);
    return {
      siblings: siblings.map(toHex),
      ...(otherKey ? {otherKey: toHex(otherKey)} : {}),
      ...(otherValueHash ? {otherValueHash: toHex(otherValueHash)} : {}),
    };
  };
  const leaves = [0n, 1n, 2n, 3n, 4n].map((index) =>
    encodeCanonical(AccessLeafSchema, {
      index,
      height: 10n + index,
      blockTime: 1_459_497_300n,
      txId: random(32),
      event: {case: 'deviceRemoved', value: {device: idOf('device'), registration: 1, distrustFromSlot: 405_500}},
    }),
  );
  return {
    root: toHex(tree.root),
    entries: entries.map(([kind, parts, value]) => ({
      kind: STATE_KIND[kind],
      parts: parts.map(toHex),
      key: toHex(stateKey(STATE_KIND[kind], parts)),
      value: toHex(value),
      proof: proof(stateKey(STATE_KIND[kind], parts)),
    })),
    absent: {kind: STATE_KIND.patient, parts: [toHex(idOf('member'))], key: toHex(absent), proof: proof(absent)},
    log: {
      leaves: leaves.map(toHex),
      roots: [0, 1, 2, 3, 4, 5].map((size) => toHex(merkleRoot(leaves.slice(0, size).map((leaf) => leafHash(leaf))))),
    },
  };
}
