import {create} from '@bufbuild/protobuf';
import type {MessageInitShape} from '@bufbuild/protobuf';
import {LIMITS, STATE_KIND, encodeCanonical, fromHex} from '@vitalvault/contracts';
import {LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {ProofRequestSchema, ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {createHash} from 'node:crypto';
import {LogTree} from './log-tree.js';
import {parseProofRequest} from './proof-request.js';
import {proveAnswer} from './prove-answer.js';
import type {ProvableLog, ProvableState} from './prove-answer.js';
import type {ProvenLog} from './proven-log.js';
import {encodeStateKey, stateKey} from './state-key.js';
import {StateTree} from './state-tree.js';
import {leafHash} from './tree-hash.js';
import {verifyProofs} from './verify-proofs.js';

type Question = MessageInitShape<typeof ProofRequestSchema>;
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const {recordLog: kind} = STATE_KIND;
const patientOf = (n: number): Uint8Array => new Uint8Array(20).fill(n);

/** A state with a log of `size` leaves of `bytes` each for every patient, and what was read of them. */
function stateOf(patients: number, size: number, bytes: number) {
  const leaf = (index: number): Uint8Array => new Uint8Array(bytes).fill(index % 251);
  const trees = new LogTree(sha256);
  for (let index = 0; index < size; index++) trees.append(leafHash(leaf(index), sha256));
  const head = encodeCanonical(LogHeadSchema, {size: BigInt(size), root: trees.root()});
  const values = new Map<string, Uint8Array>();
  const tree = new StateTree(sha256);
  const names = Array.from({length: patients}, (_none, n) => [patientOf(n + 1)]);
  for (const parts of names) values.set(encodeStateKey(kind, parts).join(), head);
  values.set(encodeStateKey(STATE_KIND.grant, [patientOf(1)]).join(), new Uint8Array(100_000));
  tree.update([
    ...names.map((parts) => ({key: stateKey(kind, parts, sha256), valueHash: sha256(head)})),
    {key: stateKey(STATE_KIND.grant, [patientOf(1)], sha256), valueHash: sha256(new Uint8Array(100_000))},
  ]);
  const read: number[] = [];
  const log: ProvableLog = {
    tree: trees,
    leafBytes: () => bytes,
    leaf: (index) => {
      read.push(index);
      return leaf(index);
    },
  };
  const state: ProvableState = {
    value: (of, parts) => values.get(encodeStateKey(of, parts).join()),
    path: (of, parts) => tree.prove(stateKey(of, parts, sha256)),
    log: (of, patient) => (of === kind && values.has(encodeStateKey(of, [patient]).join()) ? log : undefined),
  };
  const ask = (question: Question) => {
    const parts = proveAnswer(create(ProofRequestSchema, question), state);
    if (parts === undefined) return undefined;
    const encoded = encodeCanonical(ProofResponseSchema, {height: 1n, ...parts});
    const proven = verifyProofs(create(ProofResponseSchema, {height: 1n, ...parts}), tree.root, sha256);
    if (!proven.ok) throw new Error(proven.fault);
    return {encoded, proven, logs: proven.logs};
  };
  return {ask, read};
}

describe('an answer', () => {
  it('brings the head of each log with it, once', () => {
    const {ask} = stateOf(2, 3, 10);
    const answer = ask({
      keys: [{kind, parts: [patientOf(2)]}],
      logs: [1, 2].map((n) => ({kind, patient: patientOf(n)})),
    });
    expect(answer?.logs.map(({head, leaves}) => [head.size, leaves.length])).toEqual([
      [3n, 0],
      [3n, 0],
    ]);
    expect(answer?.proven.state(kind, [patientOf(1)])).toEqual(answer?.proven.state(kind, [patientOf(2)]));
  });

  it('gives pages and single leaves of the newest size; what the log does not have is left out', () => {
    const {ask} = stateOf(1, 5, 10);
    const given = (log: object) => {
      const one = ask({logs: [{kind, patient: patientOf(1), ...log}]})?.logs[0];
      return [one?.indexes, one?.next];
    };
    expect(given({limit: 1_000})).toEqual([[0n, 1n, 2n, 3n, 4n], undefined]);
    expect(given({from: 1n, limit: 2})).toEqual([[1n, 2n], 3n]);
    expect(given({from: 3n, limit: 2})).toEqual([[3n, 4n], undefined]);
    expect(given({from: 5n, limit: 9})).toEqual([[], undefined]);
    expect(given({from: 2n ** 64n - 1n, limit: 9})).toEqual([[], undefined]);
    expect(given({indexes: [0n, 4n, 5n, 2n ** 64n - 1n]})).toEqual([[0n, 4n], undefined]);
    expect(ask({logs: [{kind, patient: patientOf(9), limit: 3}]})?.logs[0]?.head.size).toBe(0n);
  });

  it('proves that the log begins with an older one', () => {
    const {ask} = stateOf(1, 5, 10);
    const log = ask({logs: [{kind, patient: patientOf(1), olderSize: 3n}]})?.logs[0];
    const older = new LogTree(sha256);
    for (const index of [0, 1, 2]) older.append(leafHash(new Uint8Array(10).fill(index), sha256));
    expect(log?.beginsWith({size: 3n, root: older.root()})).toBe(true);
    expect(log?.beginsWith({size: 2n, root: older.root(2)})).toBe(false);
    expect(
      ask({logs: [{kind, patient: patientOf(1), olderSize: 6n}]})?.logs[0]?.beginsWith({size: 6n, root: older.root()}),
    ).toBe(false);
  });

  it.each([
    ['16 logs of leaves of 15 kB, as a question of 464 bytes could ask for', 16, 1_000, 15_000],
    ['one log of small leaves', 1, 3_000, 150],
    ['leaves that are as long as a transaction', 3, 40, 65_536],
  ])('is one of at most 1 MiB, and reads no more than it gives: %s', (_what, patients, size, bytes) => {
    const {ask, read} = stateOf(patients, size, bytes);
    const logs = Array.from({length: patients}, (_none, n) => ({kind, patient: patientOf(n + 1), limit: 1_000}));
    const answer = ask({logs});
    const leaves = answer?.logs.reduce((sum, log) => sum + log.leaves.length, 0) ?? 0;
    expect(answer?.encoded.length).toBeLessThanOrEqual(LIMITS.proofAnswerBytes);
    expect(leaves).toBeLessThanOrEqual(LIMITS.proofLeaves);
    expect(read).toHaveLength(leaves);
    // It is used well: either nearly full, or as many leaves as one may have.
    expect(leaves === LIMITS.proofLeaves || (answer?.encoded.length ?? 0) > LIMITS.proofAnswerBytes - 70_000).toBe(
      true,
    );
    for (const log of answer?.logs ?? []) expect(log.next).toBe(BigInt(log.leaves.length));
  });

  it('goes on where `next` says, until all leaves are there', () => {
    const {ask} = stateOf(1, 300, 20_000);
    const pages: number[] = [];
    for (let from: bigint | undefined = 0n; from !== undefined;) {
      const log: ProvenLog | undefined = ask({logs: [{kind, patient: patientOf(1), from, limit: 1_000}]})?.logs[0];
      pages.push(log?.leaves.length ?? 0);
      from = log?.next;
    }
    expect(pages.reduce((sum, leaves) => sum + leaves, 0)).toBe(300);
    expect(pages.length).toBe(6);
  });

  it('refuses keys that have no room beside a leaf', () => {
    const {ask} = stateOf(1, 3, 10);
    const keys = (count: number) =>
      Array.from({length: count}, () => ({kind: STATE_KIND.grant, parts: [patientOf(1)]}));
    expect(ask({keys: keys(5)})?.encoded.length).toBeGreaterThan(500_000);
    expect(ask({keys: keys(6)})).toBeUndefined();
  });
});

describe('a question', () => {
  const log = {kind, patient: patientOf(1)};
  const parsed = (question: Question) => parseProofRequest(encodeCanonical(ProofRequestSchema, question));

  it('is taken within its limits', () => {
    const indexes = Array.from({length: 1_000}, (_none, i) => BigInt(i));
    for (const question of [
      {},
      {logs: [log]},
      {
        logs: [
          {...log, limit: 1_000},
          {...log, kind: 16},
        ],
      },
      {logs: [{...log, indexes}]},
    ])
      expect(parsed(question)).toMatchObject({$typeName: ProofRequestSchema.typeName});
  });

  it.each<[string, Question]>([
    ['65 keys', {keys: Array.from({length: 65}, () => ({kind: 5, parts: [patientOf(1)]}))}],
    ['17 logs', {logs: Array.from({length: 17}, (_none, n) => ({...log, patient: patientOf(n)}))}],
    ['a log twice', {logs: [log, {...log, from: 3n, limit: 1}]}],
    ['a page of 1,001 leaves', {logs: [{...log, limit: 1_001}]}],
    ['1,001 leaves', {logs: [{...log, indexes: Array.from({length: 1_001}, (_none, i) => BigInt(i))}]}],
    ['leaves that do not ascend', {logs: [{...log, indexes: [3n, 2n]}]}],
    ['a leaf twice', {logs: [{...log, indexes: [3n, 3n]}]}],
    ['a page and leaves', {logs: [{...log, limit: 1, indexes: [3n]}]}],
    ['a beginning and leaves', {logs: [{...log, from: 1n, indexes: [3n]}]}],
    ['a log of another kind', {logs: [{...log, kind: 5}]}],
    ['a key of no kind', {keys: [{kind: 0, parts: []}]}],
    ['a key of kind 256', {keys: [{kind: 256, parts: []}]}],
    ['a key of five parts', {keys: [{kind: 5, parts: Array.from({length: 5}, () => patientOf(1))}]}],
    ['a part of 65 bytes', {keys: [{kind: 5, parts: [new Uint8Array(65)]}]}],
    ['a patient of 65 bytes', {logs: [{...log, patient: new Uint8Array(65)}]}],
  ])('is over a limit with %s', (_what, question) => {
    expect(parsed(question)).toBe('over-a-limit');
  });

  it('that is no canonical one is none; one that is too long is not looked at', () => {
    for (const hex of ['0a', '08010801', '0800', '1a00', '0a020800', 'ff'])
      expect(parseProofRequest(fromHex(hex))).toBe('undecodable');
    expect(parseProofRequest(new Uint8Array(LIMITS.proofRequestBytes + 1))).toBe('too-long');
  });

  it('of nothing but empty keys is refused by their number, before it is decoded', () => {
    const hostile = Uint8Array.from({length: LIMITS.proofRequestBytes}, (_none, i) => (i % 2 === 0 ? 0x0a : 0));
    expect(parseProofRequest(hostile)).toBe('over-a-limit');
  });
});
