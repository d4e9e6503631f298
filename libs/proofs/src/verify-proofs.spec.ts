import {create} from '@bufbuild/protobuf';
import {encodeCanonical, STATE_KIND} from '@vitalvault/contracts';
import {AccessLeafSchema, LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {LogProof, ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {LogTree} from './log-tree.js';
import {portableSha256 as sha256} from './sha256.js';
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
const logProof = (fields: Partial<Omit<LogProof, '$typeName' | '$unknown'>> = {}) => ({
  kind,
  patient,
  size: 5n,
  from: 0n,
  leaves,
  inclusion: [] as Uint8Array[],
  ...fields,
});
const answer = (logs: ReturnType<typeof logProof>[], keys: [number, Uint8Array][] = [[kind, patient]]): ProofResponse =>
  create(ProofResponseSchema, {height: 3n, states: keys.map(([of, who]) => stateProof(of, [who])), logs});
const faultOf = (response: ProofResponse, root = appHash): string => {
  const proven = verifyProofs(response, root);
  return proven.ok ? proven.logs.map(({proof}) => proof).join() : proven.fault;
};

test('values, absence and logs that are proven, each as far as it is', () => {
  const page = logProof({from: 1n, leaves: leaves.slice(1, 3)});
  const one = logProof({from: 3n, leaves: leaves.slice(3, 4), inclusion: log.inclusion(3)});
  const proven = verifyProofs(
    answer(
      [logProof(), page, one],
      [
        [kind, patient],
        [5, patient],
        [5, nobody],
      ],
    ),
    appHash,
  );
  if (!proven.ok) throw new Error(proven.fault);
  expect(proven.logs.map(({proof}) => proof)).toEqual(['complete', 'page', 'inclusion']);
  expect(proven.state(5, [patient])).toEqual(Uint8Array.of(1));
  expect(proven.state(5, [nobody])).toBeUndefined();
  expect(() => proven.state(6, [patient])).toThrow(RangeError);
  expect(proven.leaf(kind, patient, 3n)).toEqual(leaves[3]);
});

test('an absent head proves an empty log and nothing else', () => {
  const empty = logProof({patient: nobody, size: 0n, leaves: []});
  expect(faultOf(answer([empty], [[kind, nobody]]))).toBe('complete');
  expect(faultOf(answer([{...empty, leaves: leaves.slice(0, 1), size: 1n}], [[kind, nobody]]))).toBe('log-size');
});

test('lies are named: state, missing head, size, leaves, inclusion', () => {
  expect(faultOf(answer([logProof()]), sha256(appHash))).toBe('state-proof');
  const forged = answer([logProof()]);
  (forged.states[0] as {value: Uint8Array}).value = encodeCanonical(LogHeadSchema, {...head, size: 4n});
  expect(faultOf(forged)).toBe('state-proof');
  const hidden = answer([], [[5, patient]]);
  Object.assign(hidden.states[0] as object, {present: false});
  expect(faultOf(hidden)).toBe('state-proof');
  expect(faultOf(answer([logProof()], [[5, patient]]))).toBe('log-head-missing');
  expect(faultOf(answer([logProof({size: 6n})]))).toBe('log-size');
  expect(faultOf(answer([logProof({from: 1n})]))).toBe('log-size');
  expect(faultOf(answer([logProof({leaves: [...leaves.slice(0, 4), leafOf(9)]})]))).toBe('log-leaves');
  expect(faultOf(answer([logProof({leaves: [leaves[1], leaves[0], ...leaves.slice(2)] as Uint8Array[]})]))).toBe(
    'log-leaves',
  );
  // One withheld is no whole log, whatever it says.
  expect(faultOf(answer([logProof({leaves: leaves.slice(0, 4)})]))).toBe('page');
  expect(faultOf(answer([logProof({from: 2n, leaves: leaves.slice(3, 4), inclusion: log.inclusion(3)})]))).toBe(
    'log-inclusion',
  );
  expect(
    faultOf(
      answer([
        logProof({from: 3n, leaves: leaves.slice(3, 4), size: 4n, inclusion: treeOf(leaves.slice(0, 4)).inclusion(3)}),
      ]),
    ),
  ).toBe('log-inclusion');
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
