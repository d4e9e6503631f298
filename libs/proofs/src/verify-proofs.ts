import {NotCanonicalError, STATE_KIND, decodeCanonical, sha256Of} from '@vitalvault/contracts';
import {LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {LogProof, ProofResponse, StateProof} from '@vitalvault/contracts/gen/proof/v1/proof';
import {ProvenLog} from './proven-log.js';
import type {HeadOfLog} from './proven-log.js';
import type {Sha256} from './sha256.js';
import {encodeStateKey, stateKey} from './state-key.js';
import {emptyLogRoot, leafHash} from './tree-hash.js';
import {verifyLeaves} from './verify-leaves.js';
import {verifyState} from './verify-state.js';

export type ProofFault = 'state-proof' | 'log-head-missing' | 'log-head-malformed' | 'log-leaves';

const LOG_KINDS: ReadonlySet<number> = new Set([STATE_KIND.recordLog, STATE_KIND.accessLog]);

/** Nothing in here is there without proof; what cannot be proven makes the whole answer a fault. */
export interface ProvenAnswer {
  readonly ok: true;
  /** State after this block; the header of `height + 1` carries the app hash. */
  readonly height: bigint;
  /**
   * Value of a key that was asked for: bytes, undefined when proven absent. @throws RangeError when it was not in the
   * answer.
   */
  state(kind: number, parts: readonly Uint8Array[]): Uint8Array | undefined;
  /** The leaf that stands at `index` of the newest log; undefined when the answer does not have it. */
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
  sha256: Sha256 = sha256Of,
): ProvenAnswer | {readonly ok: false; readonly fault: ProofFault} {
  if (!response.states.every((state) => holds(state, appHash, sha256))) return {ok: false, fault: 'state-proof'};
  const values = new Map(response.states.map((state) => [keyOf(state), state.present ? state.value : undefined]));
  const logs: ProvenLog[] = [];
  for (const log of response.logs) {
    const name = nameOf(log.kind, [log.patient]);
    if (!LOG_KINDS.has(log.kind) || !values.has(name)) return {ok: false, fault: 'log-head-missing'};
    const head = headOf(values.get(name), sha256);
    if (head === undefined) return {ok: false, fault: 'log-head-malformed'};
    if (!areLeavesOf(log, head, sha256)) return {ok: false, fault: 'log-leaves'};
    logs.push(new ProvenLog(log, head, sha256));
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
    leaf: (kind, patient, index) => leafOf(logs, nameOf(kind, [patient]), index),
    logs,
  };
}

function leafOf(logs: readonly ProvenLog[], name: string, index: bigint): Uint8Array | undefined {
  for (const log of logs) {
    const leaf = nameOf(log.kind, [log.patient]) === name ? log.leaf(index) : undefined;
    if (leaf !== undefined) return leaf;
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
      key: stateKey(state.key.kind, state.key.parts, sha256),
      value: state.present ? state.value : undefined,
      proof: absentByOther
        ? {siblings: state.siblings, otherKey: state.otherKey, otherValueHash: state.otherValueHash}
        : {siblings: state.siblings},
    },
    sha256,
  );
}

function areLeavesOf({indexes, leaves, proof}: LogProof, {size, root}: HeadOfLog, sha256: Sha256): boolean {
  if (indexes.length === 0) return leaves.length === 0 && proof.length === 0;
  const leafHashes = leaves.map((leaf) => leafHash(leaf, sha256));
  return verifyLeaves({indexes, leafHashes, size, proof, root}, sha256);
}

function headOf(bytes: Uint8Array | undefined, sha256: Sha256): HeadOfLog | undefined {
  if (bytes === undefined) return {size: 0n, root: emptyLogRoot(sha256)};
  try {
    return decodeCanonical(LogHeadSchema, bytes);
  } catch (error) {
    if (error instanceof NotCanonicalError) return undefined;
    throw error;
  }
}
