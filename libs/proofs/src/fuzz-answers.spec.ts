import {create} from '@bufbuild/protobuf';
import {NotCanonicalError, STATE_KIND, decodeCanonical, encodeCanonical} from '@vitalvault/contracts';
import {LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {ProofRequestSchema, ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {createHash} from 'node:crypto';
import {LogTree} from './log-tree.js';
import {proveAnswer} from './prove-answer.js';
import {encodeStateKey, stateKey} from './state-key.js';
import {StateTree} from './state-tree.js';
import {leafHash} from './tree-hash.js';
import {verifyProofs} from './verify-proofs.js';
import type {ProvenAnswer} from './verify-proofs.js';

const SEED = 20_261_128;
const ANSWERS = 100_000;
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const {recordLog: kind, patient: patientKind} = STATE_KIND;
const ids = [1, 2, 3].map((n) => new Uint8Array(20).fill(n));

/** Numbers that a seed gives, by a generator that is written down (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const leaves = Array.from({length: 13}, (_none, i) => Uint8Array.of(7, i, 9, i));
const log = new LogTree(sha256);
for (const leaf of leaves) log.append(leafHash(leaf, sha256));
const head = {size: 13n, root: log.root()};
const values = new Map<string, Uint8Array>();
const name = (of: number, parts: readonly Uint8Array[]): string => encodeStateKey(of, parts).join();
for (const id of ids.slice(0, 2)) values.set(name(patientKind, [id]), id.slice(0, 5));
values.set(name(kind, [ids[0] as Uint8Array]), encodeCanonical(LogHeadSchema, head));
const tree = new StateTree(sha256);
const appHash = tree.update(
  [...ids.slice(0, 2).map((id) => ({of: patientKind, id})), {of: kind, id: ids[0] as Uint8Array}].map(({of, id}) => ({
    key: stateKey(of, [id], sha256),
    valueHash: sha256(values.get(name(of, [id])) as Uint8Array),
  })),
);

/** True answers to questions of every form. */
const truths = [
  {keys: ids.map((id) => ({kind: patientKind, parts: [id]}))},
  {logs: [{kind, patient: ids[0] as Uint8Array, limit: 1_000}]},
  {logs: [{kind, patient: ids[0] as Uint8Array, from: 3n, limit: 4, olderSize: 6n}]},
  {logs: [{kind, patient: ids[0] as Uint8Array, indexes: [0n, 5n, 6n, 12n]}]},
  {
    logs: [
      {kind, patient: ids[1] as Uint8Array, limit: 5},
      {kind, patient: ids[0] as Uint8Array, indexes: [7n]},
    ],
  },
].map((question) => {
  const parts = proveAnswer(create(ProofRequestSchema, question), {
    value: (of, id) => values.get(name(of, id)),
    path: (of, id) => tree.prove(stateKey(of, id, sha256)),
    log: (of, id) =>
      name(of, [id]) === name(kind, [ids[0] as Uint8Array])
        ? {tree: log, leafBytes: () => 4, leaf: (index) => leaves[index] as Uint8Array}
        : undefined,
  });
  return encodeCanonical(ProofResponseSchema, {height: 1n, ...parts});
});

type Next = (below: number) => number;
const bytesOf = (next: Next, length: number): Uint8Array => Uint8Array.from({length}, () => next(256));

/** An answer changed in its bytes: one bit, a byte, a piece cut out, put in or doubled. */
function changedBytes(answer: Uint8Array, next: Next): Uint8Array {
  const other = Buffer.from(answer);
  const at = next(other.length);
  const piece = 1 + next(40);
  switch (next(5)) {
    case 0:
      other[at] = (other[at] as number) ^ (1 << next(8));
      return other;
    case 1:
      other[at] = next(256);
      return other;
    case 2:
      return Buffer.concat([other.subarray(0, at), other.subarray(at + piece)]);
    case 3:
      return Buffer.concat([other.subarray(0, at), bytesOf(next, piece), other.subarray(at)]);
    default:
      return Buffer.concat([other.subarray(0, at + piece), other.subarray(at)]);
  }
}

/** An answer changed in its parts, so that it stays one that can be read. */
function changedParts(answer: Uint8Array, next: Next): Uint8Array {
  const response = decodeCanonical(ProofResponseSchema, answer);
  const foreign = decodeCanonical(ProofResponseSchema, truths[next(truths.length)] as Uint8Array);
  const state = response.states[next(response.states.length)] as ProofResponse['states'][number];
  const one = response.logs[next(Math.max(1, response.logs.length))];
  const some = leaves[next(leaves.length)] as Uint8Array;
  const changes: (() => unknown)[] = [
    () => (state.value = bytesOf(next, next(60))),
    () => (state.present = !state.present),
    () => (state.key = foreign.states[next(foreign.states.length)]?.key),
    () => (state.siblings = foreign.states[next(foreign.states.length)]?.siblings ?? []),
    () => state.siblings.splice(next(state.siblings.length + 1), next(2), bytesOf(next, 32)),
    () => ([state.otherKey, state.otherValueHash] = [bytesOf(next, 32), bytesOf(next, 32)]),
    () => response.states.splice(next(response.states.length), 1),
    () => one?.leaves.splice(next(one.leaves.length + 1), next(2), some),
    () => one?.leaves.reverse(),
    () => one?.indexes.splice(next(one.indexes.length + 1), next(2), BigInt(next(15))),
    () => one && (one.indexes = one.indexes.map((index) => index + BigInt(next(2)))),
    () => one && (one.proof = Buffer.concat([one.proof, bytesOf(next, 32)])),
    () => one && (one.proof = one.proof.slice(0, 32 * next(4))),
    () => one && (one.proof = foreign.logs[0]?.proof ?? new Uint8Array()),
    () => one && (one.patient = ids[next(ids.length)] as Uint8Array),
    () => one && (one.kind = [15, 16, 5, 271][next(4)] as number),
    () => one && (one.consistency = bytesOf(next, 32 * next(4))),
    () => response.logs.push(...foreign.logs),
  ];
  (changes[next(changes.length)] as () => unknown)();
  return encodeCanonical(ProofResponseSchema, response);
}

/** Whether everything that a verified answer says is so. */
function isTrue(response: ProofResponse, answer: ProvenAnswer): boolean {
  const states = response.states.every(({key}) => {
    const said = answer.state(key?.kind ?? 0, key?.parts ?? []);
    const truth = values.get(name(key?.kind ?? 0, key?.parts ?? []));
    return said === undefined ? truth === undefined : truth !== undefined && Buffer.from(said).equals(truth);
  });
  return (
    states &&
    answer.logs.every((given) => {
      const isOurs = name(given.kind, [given.patient]) === name(kind, [ids[0] as Uint8Array]);
      return (
        given.head.size === (isOurs ? 13n : 0n) &&
        given.indexes.every(
          (index, i) => isOurs && Buffer.from(leaves[Number(index)] ?? []).equals(given.leaves[i] ?? new Uint8Array()),
        ) &&
        [1n, 6n, 12n].every((size) => !given.beginsWith({size, root: sha256(Uint8Array.of(Number(size)))}))
      );
    })
  );
}

test('of changed answers none proves what is not so, and none makes the verifier throw', () => {
  const next = numbers(SEED);
  const counted = {read: 0, verified: 0, false: 0};
  for (let i = 0; i < ANSWERS; i++) {
    const truth = truths[i % truths.length] as Uint8Array;
    const changed = next(2) === 0 ? changedBytes(truth, next) : changedParts(truth, next);
    let response: ProofResponse;
    try {
      response = decodeCanonical(ProofResponseSchema, next(8) === 0 ? changedBytes(changed, next) : changed);
    } catch (error) {
      if (!(error instanceof NotCanonicalError)) throw error;
      continue;
    }
    counted.read += 1;
    const answer = verifyProofs(response, appHash, sha256);
    if (!answer.ok) continue;
    counted.verified += 1;
    if (!isTrue(response, answer)) counted.false += 1;
  }
  process.stdout.write(
    `verifyProofs, seed ${SEED}: ${ANSWERS} changed answers, ${counted.read} readable, ${counted.verified} of them true all the same, ${counted.false} false and accepted, bound 3/N ${(3 / ANSWERS).toExponential(1)}\n`,
  );
  expect(counted.read).toBeGreaterThan(ANSWERS / 3);
  expect(counted.false).toBe(0);
}, 300_000);
