import {decodeCanonical, equalBytes, NotCanonicalError} from '@vitalvault/contracts';
import {LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {LogHead} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {LogProof, ProofResponse, StateProof} from '@vitalvault/contracts/gen/proof/v1/proof';
import {verifyInclusion} from './inclusion.js';
import {merkleRoot} from './merkle-root.js';
import {portableSha256} from './sha256.js';
import type {Sha256} from './sha256.js';
import {encodeStateKey, stateKey} from './state-key.js';
import {leafHash} from './tree-hash.js';
import {verifyState} from './verify-state.js';

/** Leaves of a log as an answer carries them, and how far the answer alone proves them. */
export interface ProvenLog {
  readonly kind: number;
  readonly patient: Uint8Array;
  /** The size that the leaves speak for. */
  readonly size: bigint;
  readonly from: bigint;
  readonly leaves: readonly Uint8Array[];
  /**
   * `complete`: all leaves of the newest size, rebuilt to the proven root. `inclusion`: the one leaf is in the log of
   * the newest size. `page`: not proven by this answer alone; gather every page of one size and use `verifyWholeLog`.
   */
  readonly proof: 'complete' | 'inclusion' | 'page';
}

export type ProofFault =
  'state-proof' | 'log-head-missing' | 'log-head-malformed' | 'log-size' | 'log-leaves' | 'log-inclusion';

export interface ProvenAnswer {
  readonly ok: true;
  /** State after this block; the header of `height + 1` carries the app hash. */
  readonly height: bigint;
  /**
   * Value of a key that was asked for: bytes, undefined when proven absent. @throws RangeError when it was not in the
   * answer.
   */
  state(kind: number, parts: readonly Uint8Array[]): Uint8Array | undefined;
  /** A leaf that this answer proves by itself to stand at `index` of the newest size; undefined when it does not. */
  leaf(kind: number, patient: Uint8Array, index: bigint): Uint8Array | undefined;
  readonly logs: readonly ProvenLog[];
}

/**
 * Checks every proof of an answer of the ledger's query `/proofs` against `appHash`, which the caller took from a
 * verified header of height `response.height + 1`. Does NOT check that header, its age, nor that the answer holds what
 * was asked.
 * @returns the proven values, or which kind of proof failed; never throws on bad proofs.
 * @spec docs/protocol.md §5
 */
export function verifyProofs(
  response: ProofResponse,
  appHash: Uint8Array,
  sha256: Sha256 = portableSha256,
): ProvenAnswer | {readonly ok: false; readonly fault: ProofFault} {
  if (!response.states.every((state) => holds(state, appHash, sha256))) return {ok: false, fault: 'state-proof'};
  const values = new Map(response.states.map((state) => [keyOf(state), state.present ? state.value : undefined]));
  const logs: ProvenLog[] = [];
  for (const log of response.logs) {
    const name = nameOf(log.kind, [log.patient]);
    if (!values.has(name)) return {ok: false, fault: 'log-head-missing'};
    const proof = logProof(log, values.get(name), sha256);
    if (isFault(proof)) return {ok: false, fault: proof};
    logs.push({kind: log.kind, patient: log.patient, size: log.size, from: log.from, leaves: log.leaves, proof});
  }
  const state = (kind: number, parts: readonly Uint8Array[]): Uint8Array | undefined => {
    const name = nameOf(kind, parts);
    if (!values.has(name)) throw new RangeError(`the answer has no state key of kind ${kind} with these parts`);
    return values.get(name);
  };
  return {
    ok: true,
    height: response.height,
    state,
    leaf: (kind, patient, index) => provenLeaf(logs, nameOf(kind, [patient]), index),
    logs,
  };
}

function isFault(proof: ProvenLog['proof'] | ProofFault): proof is ProofFault {
  return proof !== 'complete' && proof !== 'inclusion' && proof !== 'page';
}

function provenLeaf(logs: readonly ProvenLog[], name: string, index: bigint): Uint8Array | undefined {
  for (const log of logs) {
    const leaf = log.leaves[Number(index - log.from)];
    if (leaf !== undefined && log.proof !== 'page' && nameOf(log.kind, [log.patient]) === name) return leaf;
  }
  return undefined;
}

function keyOf({key}: StateProof): string {
  return nameOf(key?.kind ?? 0, key?.parts ?? []);
}

function nameOf(kind: number, parts: readonly Uint8Array[]): string {
  return encodeStateKey(kind, parts).join('.');
}

function holds(state: StateProof, appHash: Uint8Array, sha256: Sha256): boolean {
  if (state.key === undefined || state.key.kind < 1 || state.key.kind > 255) return false;
  if (!state.present && state.value.length > 0) return false;
  const absentByOther = state.otherKey.length > 0 || state.otherValueHash.length > 0;
  return verifyState(
    {
      root: appHash,
      key: stateKey(state.key.kind, state.key.parts),
      value: state.present ? state.value : undefined,
      proof: absentByOther
        ? {siblings: state.siblings, otherKey: state.otherKey, otherValueHash: state.otherValueHash}
        : {siblings: state.siblings},
    },
    sha256,
  );
}

function logProof(log: LogProof, headBytes: Uint8Array | undefined, sha256: Sha256): ProvenLog['proof'] | ProofFault {
  const head = headBytes === undefined ? {size: 0n, root: merkleRoot([], sha256)} : decodeHead(headBytes);
  if (head === undefined) return 'log-head-malformed';
  const end = log.from + BigInt(log.leaves.length);
  if (log.size > head.size || (log.leaves.length > 0 && end > log.size)) return 'log-size';
  if (log.inclusion.length > 0) return includes(log, head, sha256) ? 'inclusion' : 'log-inclusion';
  if (log.size !== head.size || log.from !== 0n || end !== log.size) return 'page';
  return rebuilds(log.leaves, head.root, sha256) ? 'complete' : 'log-leaves';
}

function includes(log: LogProof, head: Pick<LogHead, 'size' | 'root'>, sha256: Sha256): boolean {
  const [leaf] = log.leaves;
  if (leaf === undefined || log.leaves.length !== 1 || log.size !== head.size) return false;
  return verifyInclusion(
    {leafHash: leafHash(leaf, sha256), index: log.from, size: log.size, proof: log.inclusion, root: head.root},
    sha256,
  );
}

function rebuilds(leaves: readonly Uint8Array[], root: Uint8Array, sha256: Sha256): boolean {
  return equalBytes(
    merkleRoot(
      leaves.map((leaf) => leafHash(leaf, sha256)),
      sha256,
    ),
    root,
  );
}

function decodeHead(bytes: Uint8Array): LogHead | undefined {
  try {
    return decodeCanonical(LogHeadSchema, bytes);
  } catch (error) {
    if (error instanceof NotCanonicalError) return undefined;
    throw error;
  }
}
