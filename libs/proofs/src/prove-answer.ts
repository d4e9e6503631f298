import type {MessageInitShape} from '@bufbuild/protobuf';
import {LIMITS} from '@vitalvault/contracts';
import type {LogProofSchema, StateProofSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {LogRequest, ProofRequest, StateKey} from '@vitalvault/contracts/gen/proof/v1/proof';
import {joinHashes} from './joined-hashes.js';
import type {LogTree} from './log-tree.js';
import {proofGrowth} from './proof-growth.js';
import {HASH_BYTES} from './sha256.js';
import {encodeStateKey} from './state-key.js';
import type {StatePath} from './verify-state.js';

/** A log that leaves can be taken of. */
export interface ProvableLog {
  readonly tree: LogTree;
  /** Length of a leaf, known without reading it. */
  leafBytes(index: number): number;
  leaf(index: number): Uint8Array;
}

/** The state of one height. */
export interface ProvableState {
  value(kind: number, parts: readonly Uint8Array[]): Uint8Array | undefined;
  path(kind: number, parts: readonly Uint8Array[]): StatePath;
  /** Undefined: it has no leaf. */
  log(kind: number, patient: Uint8Array): ProvableLog | undefined;
}

export interface ProofParts {
  readonly states: MessageInitShape<typeof StateProofSchema>[];
  readonly logs: MessageInitShape<typeof LogProofSchema>[];
}

// Half of an answer is for keys, so that a leaf always has room.
const STATES_BYTES = LIMITS.proofAnswerBytes / 2;
// On the wire, beside what is counted: tags and lengths of a message and its parts, and the varint of an index.
const STATE_EXTRA_BYTES = 64;
const PART_EXTRA_BYTES = 4;
const LEAF_EXTRA_BYTES = 16;
const LOG_EXTRA_BYTES = 128;

/**
 * Answers a question that `parseProofRequest` took: what `verifyProofs` takes. The head of each log comes with it. The
 * answer stays within its bytes and leaves, each counted before it is read; `next` says where a log goes on. At least
 * one leaf is given when any was asked for.
 * @returns undefined when the keys alone have no room: fewer must be asked for
 * @spec docs/protocol.md §5.5
 */
export function proveAnswer({keys, logs}: ProofRequest, state: ProvableState): ProofParts | undefined {
  const states = withHeads(keys, logs).map((key) => stateProof(key, state));
  const statesBytes = states.reduce((sum, one) => sum + one.bytes, 0);
  if (statesBytes > STATES_BYTES) return undefined;
  const room = new Room(LIMITS.proofAnswerBytes - statesBytes - logs.length * LOG_EXTRA_BYTES);
  return {states: states.map(({proof}) => proof), logs: logs.map((log) => logProof(log, state, room))};
}

/** What is left of an answer. */
class Room {
  private leaves = 0;

  constructor(private bytes: number) {}

  /** Takes the place of a leaf, if it is there: the first leaf always has one. */
  takes(bytes: number): boolean {
    if (this.leaves > 0 && (this.leaves === LIMITS.proofLeaves || bytes > this.bytes)) return false;
    this.bytes -= bytes;
    this.leaves += 1;
    return true;
  }

  pay(bytes: number): void {
    this.bytes -= bytes;
  }
}

function withHeads(keys: readonly StateKey[], logs: readonly LogRequest[]): Pick<StateKey, 'kind' | 'parts'>[] {
  const asked = new Set(keys.map(({kind, parts}) => encodeStateKey(kind, parts).join()));
  const heads = logs.map(({kind, patient}) => ({kind, parts: [patient]}));
  return [...keys, ...heads.filter(({kind, parts}) => !asked.has(encodeStateKey(kind, parts).join()))];
}

function stateProof(
  {kind, parts}: Pick<StateKey, 'kind' | 'parts'>,
  state: ProvableState,
): {proof: MessageInitShape<typeof StateProofSchema>; bytes: number} {
  const value = state.value(kind, parts);
  const {siblings, otherKey, otherValueHash} = state.path(kind, parts);
  const hashes = siblings.length + (otherKey === undefined ? 0 : 2);
  const bytes = [value ?? [], ...parts].reduce((sum, {length}) => sum + length + PART_EXTRA_BYTES, STATE_EXTRA_BYTES);
  return {
    bytes: bytes + hashes * (HASH_BYTES + PART_EXTRA_BYTES),
    proof: {
      key: {kind, parts: [...parts]},
      siblings: [...siblings],
      ...(value && {present: true, value}),
      ...(otherKey && {otherKey}),
      ...(otherValueHash && {otherValueHash}),
    },
  };
}

function logProof(request: LogRequest, state: ProvableState, room: Room): MessageInitShape<typeof LogProofSchema> {
  const {kind, patient, olderSize} = request;
  const log = state.log(kind, patient);
  if (log === undefined) return {kind, patient};
  const {size} = log.tree;
  const older = olderSize > 0n && olderSize < size ? log.tree.consistency(Number(olderSize)) : [];
  room.pay(older.length * HASH_BYTES);
  const {indexes, next} = whatFits(askedOf(request, size), log, room);
  return {
    kind,
    patient,
    indexes: indexes.map(BigInt),
    leaves: indexes.map((index) => log.leaf(index)),
    proof: log.tree.leavesProof(indexes),
    ...(next === undefined ? {} : {next: BigInt(next)}),
    consistency: joinHashes(older),
  };
}

/** Leaves that were asked for and are there, and where the log goes on behind them. */
interface AskedLeaves {
  readonly indexes: readonly number[];
  readonly behind: number | undefined;
}

function askedOf({from, limit, indexes}: LogRequest, size: number): AskedLeaves {
  if (indexes.length > 0) return {indexes: indexes.filter((index) => index < size).map(Number), behind: undefined};
  if (limit === 0 || from >= size) return {indexes: [], behind: undefined};
  const first = Number(from);
  const end = Math.min(first + limit, size);
  return {indexes: Array.from({length: end - first}, (_none, i) => first + i), behind: end < size ? end : undefined};
}

function whatFits({indexes, behind}: AskedLeaves, log: ProvableLog, room: Room): {indexes: number[]; next?: number} {
  const fitting: number[] = [];
  for (const index of indexes) {
    const hashes = proofGrowth(index, fitting.at(-1), log.tree.size);
    if (!room.takes(log.leafBytes(index) + LEAF_EXTRA_BYTES + hashes * HASH_BYTES))
      return {indexes: fitting, next: index};
    fitting.push(index);
  }
  return behind === undefined ? {indexes: fitting} : {indexes: fitting, next: behind};
}
