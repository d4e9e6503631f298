import {create} from '@bufbuild/protobuf';
import {decodeCanonical, encodeCanonical, NotCanonicalError, STATE_KIND} from '@vitalvault/contracts';
import {LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {ProofRequestSchema, ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {encodeStateKey, leafHash, LogTree, proveAnswer, stateKey, StateTree, verifyProofs} from '@vitalvault/proofs';
import type {ProvenAnswer} from '@vitalvault/proofs';
import {createHash} from 'node:crypto';
import {bytesOf, pick} from '../fuzzer.js';
import type {Fuzzer, Next} from '../fuzzer.js';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const {recordLog: kind, patient: patientKind} = STATE_KIND;
const ids = [1, 2, 3].map((n) => new Uint8Array(20).fill(n));
const ours = ids[0] as Uint8Array;
const leaves = Array.from({length: 13}, (_none, i) => Uint8Array.of(7, i, 9, i));
const name = (of: number, parts: readonly Uint8Array[]): string => encodeStateKey(of, parts).join();

/** A small ledger: two patients, a log of 13 leaves, and true answers to questions of every form. */
function smallLedger() {
  const log = new LogTree(sha256);
  for (const leaf of leaves) log.append(leafHash(leaf, sha256));
  const values = new Map<string, Uint8Array>();
  for (const id of ids.slice(0, 2)) values.set(name(patientKind, [id]), id.slice(0, 5));
  values.set(name(kind, [ours]), encodeCanonical(LogHeadSchema, {size: 13n, root: log.root()}));
  const tree = new StateTree(sha256);
  const appHash = tree.update(
    [...ids.slice(0, 2).map((id) => ({of: patientKind, id})), {of: kind, id: ours}].map(({of, id}) => ({
      key: stateKey(of, [id], sha256),
      valueHash: sha256(values.get(name(of, [id])) as Uint8Array),
    })),
  );
  const truths = [
    {keys: ids.map((id) => ({kind: patientKind, parts: [id]}))},
    {logs: [{kind, patient: ours, limit: 1_000}]},
    {logs: [{kind, patient: ours, from: 3n, limit: 4, olderSize: 6n}]},
    {logs: [{kind, patient: ours, indexes: [0n, 5n, 6n, 12n]}]},
    {
      logs: [
        {kind, patient: ids[1] as Uint8Array, limit: 5},
        {kind, patient: ours, indexes: [7n]},
      ],
    },
  ].map((question) => {
    const parts = proveAnswer(create(ProofRequestSchema, question), {
      value: (of, id) => values.get(name(of, id)),
      path: (of, id) => tree.prove(stateKey(of, id, sha256)),
      log: (of, id) =>
        name(of, [id]) === name(kind, [ours])
          ? {tree: log, leafBytes: () => 4, leaf: (index) => leaves[index] as Uint8Array}
          : undefined,
    });
    return encodeCanonical(ProofResponseSchema, {height: 1n, ...parts});
  });
  return {values, appHash, truths};
}

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
function changedParts(answer: Uint8Array, truths: readonly Uint8Array[], next: Next): Uint8Array {
  const response = decodeCanonical(ProofResponseSchema, answer);
  const foreign = decodeCanonical(ProofResponseSchema, pick(next, truths));
  const state = pick(next, response.states);
  const one = response.logs[next(Math.max(1, response.logs.length))];
  const some = pick(next, leaves);
  const changes: (() => unknown)[] = [
    () => (state.value = bytesOf(next, next(60))),
    () => (state.present = !state.present),
    () => (state.key = pick(next, foreign.states).key),
    () => (state.siblings = pick(next, foreign.states).siblings),
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
    () => one && (one.patient = pick(next, ids)),
    () => one && (one.kind = pick(next, [15, 16, 5, 271])),
    () => one && (one.consistency = bytesOf(next, 32 * next(4))),
    () => response.logs.push(...foreign.logs),
  ];
  pick(next, changes)();
  return encodeCanonical(ProofResponseSchema, response);
}

/** Whether everything that a verified answer says is so. */
function isTrue(response: ProofResponse, answer: ProvenAnswer, values: ReadonlyMap<string, Uint8Array>): boolean {
  const states = response.states.every(({key}) => {
    const said = answer.state(key?.kind ?? 0, key?.parts ?? []);
    const truth = values.get(name(key?.kind ?? 0, key?.parts ?? []));
    return said === undefined ? truth === undefined : truth !== undefined && Buffer.from(said).equals(truth);
  });
  return (
    states &&
    answer.logs.every((given) => {
      const isOurs = name(given.kind, [given.patient]) === name(kind, [ours]);
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

export const proofAnswers: Fuzzer = {
  name: 'verifyProofs',
  never: 'an exception, or a changed answer that proves what is not so',
  batch: 2_000,
  quick: 100_000,
  reaches: ['unreadable', 'refused', 'true all the same'],
  open: (next) => {
    const {values, appHash, truths} = smallLedger();
    return {
      input: () => {
        const truth = pick(next, truths);
        const changed = next(2) === 0 ? changedBytes(truth, next) : changedParts(truth, truths, next);
        let response: ProofResponse;
        try {
          response = decodeCanonical(ProofResponseSchema, next(8) === 0 ? changedBytes(changed, next) : changed);
        } catch (error) {
          if (error instanceof NotCanonicalError) return 'unreadable';
          throw error;
        }
        const answer = verifyProofs(response, appHash, sha256);
        if (!answer.ok) return 'refused';
        if (!isTrue(response, answer, values)) throw new Error('accepted, and false');
        return 'true all the same';
      },
    };
  },
};
