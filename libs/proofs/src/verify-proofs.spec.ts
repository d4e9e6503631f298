import {create} from '@bufbuild/protobuf';
import {encodeCanonical, STATE_KIND, sha256Of as sha256} from '@vitalvault/contracts';
import {AccessLeafSchema, LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {LogProof, ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {joinHashes} from './joined-hashes.js';
import {LogTree} from './log-tree.js';
import {stateKey} from './state-key.js';
import {StateTree} from './state-tree.js';
import {leafHash} from './tree-hash.js';
import {verifyAccessLog} from './verify-log.js';
import {verifyProofs} from './verify-proofs.js';

const patient = new Uint8Array(20).fill(7);
const nobody = new Uint8Array(20).fill(8);
const kind = STATE_KIND.accessLog;
const leafOf = (index: number, height = index + 1): Uint8Array =>
  encodeCanonical(AccessLeafSchema, {
    index: BigInt(index),
    height: BigInt(height),
    blockTime: 9n,
    txId: new Uint8Array(32).fill(index),
  });
const leaves = [0, 1, 2, 3, 4].map((index) => leafOf(index));
const treeOf = (all: Uint8Array[]): LogTree => {
  const tree = new LogTree();
  for (const leaf of all) tree.append(leafHash(leaf));
  return tree;
};
const log = treeOf(leaves);
const head = {size: 5n, root: log.root()};
const state = new StateTree();
const values = [
  {kind, parts: [patient], value: encodeCanonical(LogHeadSchema, head)},
  {kind: 5, parts: [patient], value: Uint8Array.of(1)},
  {kind: 6, parts: [patient], value: Uint8Array.of(2)},
];
const appHash = state.update(
  values.map(({kind: of, parts, value}) => ({key: stateKey(of, parts), valueHash: sha256(value)})),
);

function stateProof(of: number, parts: Uint8Array[]) {
  const value = values.find(
    (one) => one.kind === of && Buffer.from(one.parts[0] as Uint8Array).equals(parts[0] as Uint8Array),
  )?.value;
  const {siblings, otherKey, otherValueHash} = state.prove(stateKey(of, parts));
  return {
    key: {kind: of, parts},
    siblings: [...siblings],
    ...(value && {present: true, value}),
    ...(otherKey && {otherKey}),
    ...(otherValueHash && {otherValueHash}),
  };
}
const logProof = (indexes: number[], fields: Partial<Omit<LogProof, '$typeName' | '$unknown'>> = {}) => ({
  kind,
  patient,
  indexes: indexes.map(BigInt),
  leaves: indexes.map((index) => leaves[index] as Uint8Array),
  proof: log.leavesProof(indexes),
  ...fields,
});
const answer = (logs: ReturnType<typeof logProof>[], keys: [number, Uint8Array][] = [[kind, patient]]): ProofResponse =>
  create(ProofResponseSchema, {height: 3n, states: keys.map(([of, who]) => stateProof(of, [who])), logs});
const faultOf = (response: ProofResponse, root = appHash): string => {
  const proven = verifyProofs(response, root);
  return proven.ok ? 'ok' : proven.fault;
};

test('values, absence and leaves, each proven to be what it is', () => {
  const keys: [number, Uint8Array][] = [
    [kind, patient],
    [5, patient],
    [5, nobody],
  ];
  const proven = verifyProofs(answer([logProof([0, 3])], keys), appHash);
  if (!proven.ok) throw new Error(proven.fault);
  expect(proven.logs[0]).toMatchObject({kind, patient, indexes: [0n, 3n], head});
  expect(proven.state(5, [patient])).toEqual(Uint8Array.of(1));
  expect(proven.state(5, [nobody])).toBeUndefined();
  expect(() => proven.state(6, [patient])).toThrow(RangeError);
  expect([0n, 1n, 3n, 5n].map((index) => proven.leaf(kind, patient, index))).toEqual([
    leaves[0],
    undefined,
    leaves[3],
    undefined,
  ]);
  expect(proven.leaf(STATE_KIND.recordLog, patient, 0n)).toBeUndefined();
  expect(proven.leaf(kind, nobody, 0n)).toBeUndefined();
});

test('an absent head proves an empty log and nothing else', () => {
  const empty = logProof([], {patient: nobody});
  const proven = verifyProofs(answer([empty], [[kind, nobody]]), appHash);
  expect(proven.ok && proven.logs[0]?.head.size).toBe(0n);
  expect(faultOf(answer([{...logProof([0]), patient: nobody}], [[kind, nobody]]))).toBe('log-leaves');
});

test('a log that was seen before is the beginning of this one, or is not', () => {
  const older = (size: number, consistency = joinHashes(log.consistency(size))) => {
    const proven = verifyProofs(answer([logProof([], {consistency})]), appHash);
    if (!proven.ok) throw new Error(proven.fault);
    return (root = log.root(size), of = size) => proven.logs[0]?.beginsWith({size: BigInt(of), root});
  };
  for (const size of [1, 2, 3, 4]) {
    expect(older(size)()).toBe(true);
    expect(older(size)(sha256(log.root(size)))).toBe(false);
    expect(older(size, new Uint8Array())()).toBe(false);
    expect(older(size, new Uint8Array(31))()).toBe(false);
  }
  expect(older(3)(log.root(2), 2)).toBe(false);
  const whole = older(5, new Uint8Array());
  expect([whole(), whole(log.root(4)), whole(log.root(), 6), whole(Uint8Array.of(), 0)]).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

test('nothing that is not proven gets in: state, head, leaves', () => {
  const whole = [0, 1, 2, 3, 4];
  expect(faultOf(answer([logProof(whole)]))).toBe('ok');
  expect(faultOf(answer([logProof(whole)]), sha256(appHash))).toBe('state-proof');
  const forged = answer([logProof(whole)]);
  (forged.states[0] as {value: Uint8Array}).value = encodeCanonical(LogHeadSchema, {...head, size: 4n});
  expect(faultOf(forged)).toBe('state-proof');
  const hidden = answer([], [[5, patient]]);
  Object.assign(hidden.states[0] as object, {present: false});
  expect(faultOf(hidden)).toBe('state-proof');
  expect(faultOf(answer([logProof(whole)], [[5, patient]]))).toBe('log-head-missing');
  // A kind is one byte of the key: 272 must not pass for 16, nor a value of another kind for a head.
  expect(faultOf(answer([logProof(whole, {kind: kind + 256})]))).toBe('log-head-missing');
  expect(faultOf(answer([logProof([], {kind: 5})], [[5, patient]]))).toBe('log-head-missing');
  expect(faultOf(answer([logProof(whole, {leaves: [...leaves.slice(0, 4), leafOf(9)]})]))).toBe('log-leaves');
  expect(faultOf(answer([logProof(whole, {leaves: leaves.toReversed()})]))).toBe('log-leaves');
  expect(faultOf(answer([logProof(whole, {leaves: leaves.slice(0, 4)})]))).toBe('log-leaves');
  expect(faultOf(answer([logProof(whole, {indexes: []})]))).toBe('log-leaves');
  expect(faultOf(answer([logProof([], {proof: log.root()})]))).toBe('log-leaves');
  expect(faultOf(answer([logProof([2], {leaves: [leaves[3] as Uint8Array]})]))).toBe('log-leaves');
  // The leaves of an older size, with its proof, are no answer: only the proven head counts.
  const older = {proof: treeOf(leaves.slice(0, 4)).leavesProof([3])};
  expect(faultOf(answer([logProof([3], older)]))).toBe('log-leaves');
  expect(faultOf(answer([logProof([4], {indexes: [5n]})]))).toBe('log-leaves');
});

describe('a whole access log', () => {
  const fault = (all: Uint8Array[], under = head): string => {
    const verdict = verifyAccessLog({head: under, leaves: all});
    return verdict.ok ? 'ok' : verdict.fault;
  };
  const headOf = (all: Uint8Array[]) => ({size: BigInt(all.length), root: treeOf(all).root()});

  test('complete, or: withheld, added, altered, moved, an older head', () => {
    expect(fault(leaves)).toBe('ok');
    expect(fault(leaves.slice(0, 4))).toBe('missing-leaves');
    expect(fault([...leaves, leafOf(5)])).toBe('extra-leaves');
    expect(fault([...leaves.slice(0, 4), leafOf(4, 9)])).toBe('wrong-root');
    expect(fault([leaves[1], leaves[0], ...leaves.slice(2)] as Uint8Array[])).toBe('wrong-index');
    expect(fault(leaves, headOf(leaves.slice(0, 4)))).toBe('extra-leaves');
    expect(fault(leaves.slice(0, 4), headOf(leaves.slice(0, 4)))).toBe('ok');
  });

  test('indexes and heights must rise even where the root fits', () => {
    const gap = [leafOf(0), leafOf(2)];
    expect(fault(gap, headOf(gap))).toBe('wrong-index');
    const falling = [leafOf(0, 5), leafOf(1, 4)];
    expect(fault(falling, headOf(falling))).toBe('height-falls');
    const nonsense = [Uint8Array.of(1, 2, 3)];
    expect(fault(nonsense, headOf(nonsense))).toBe('malformed-leaf');
  });
});
