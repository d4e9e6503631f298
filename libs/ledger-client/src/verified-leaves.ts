import {decodeCanonical} from '@vitalvault/contracts';
import {LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {DomainError} from '@vitalvault/errors';
import type {ProvenAnswer} from '@vitalvault/proofs';
import {verifiedProofs} from './verified-proofs.js';
import type {VerifiedProofsOptions} from './verified-proofs.js';

/** Leaves `from` … `from + count - 1` of a log. */
export interface LeavesOfLog {
  readonly kind: number;
  readonly patient: Uint8Array;
  readonly from: bigint;
  readonly count: number;
}

export type VerifiedLeavesOptions = Pick<VerifiedProofsOptions, 'client' | 'trust' | 'timeoutMs'> & {
  /** Block that the leaves come from. */
  readonly atLeast: bigint;
};

interface Place {
  readonly kind: number;
  readonly patient: Uint8Array;
  readonly index: bigint;
}

// What one query may hold, of keys and of logs.
const PER_QUERY = 16;

/**
 * Leaves of logs, each proven to stand at its place under a header that the genesis' validators signed. A node that
 * cannot prove what the logs' proven sizes say is there is left for the next.
 * @returns the bytes of each log's leaves, in order
 * @throws DomainError('not-verified') also when a log is shorter; 'behind', 'ledger-unavailable'
 */
export async function verifiedLeaves(
  logs: readonly LeavesOfLog[],
  options: VerifiedLeavesOptions,
): Promise<readonly (readonly Uint8Array[])[]> {
  // The sizes first: they are proven or proven absent, so whoever then refuses a leaf is wrong about the chain.
  for (const part of partsOf(logs)) checkSizes(part, await prove(headsOf(part), [], options));
  const places = logs.flatMap(({kind, patient, from, count}) =>
    Array.from({length: count}, (_, i): Place => ({kind, patient, index: from + BigInt(i)})),
  );
  const leaves: Uint8Array[] = [];
  for (const part of partsOf(places)) leaves.push(...(await leavesAt(part, options)));
  let done = 0;
  return logs.map(({count}) => leaves.slice(done, (done += count)));
}

async function leavesAt(places: readonly Place[], options: VerifiedLeavesOptions): Promise<Uint8Array[]> {
  const answer = await prove(headsOf(places), places, options);
  return places.map(({kind, patient, index}) => {
    const leaf = answer.leaf(kind, patient, index);
    if (leaf === undefined) throw new DomainError('not-verified', {meta: {reason: 'log-leaves'}});
    return leaf;
  });
}

async function prove(
  keys: {kind: number; parts: Uint8Array[]}[],
  places: readonly Place[],
  options: VerifiedLeavesOptions,
): Promise<ProvenAnswer> {
  const {client} = options;
  const logs = places.map(({kind, patient, index}) => ({kind, patient, from: index, limit: 1, inclusion: true}));
  for (let refused = 1; ; refused++) {
    try {
      return (await verifiedProofs({...options, request: {keys, logs}})).answer;
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'invalid-field') throw error;
      client.demote(client.currentUrl, 'it refuses to prove what the chain has');
      if (refused >= client.nodes) throw new DomainError('not-verified', {meta: {reason: 'log-leaves'}, cause: error});
    }
  }
}

function headsOf(logs: readonly Pick<Place, 'kind' | 'patient'>[]): {kind: number; parts: Uint8Array[]}[] {
  const byName = new Map(logs.map((log) => [`${log.kind} ${String(log.patient)}`, log]));
  return [...byName.values()].map(({kind, patient}) => ({kind, parts: [patient]}));
}

function checkSizes(logs: readonly LeavesOfLog[], answer: ProvenAnswer): void {
  for (const {kind, patient, from, count} of logs) {
    const head = answer.state(kind, [patient]);
    const size = head === undefined ? 0n : decodeCanonical(LogHeadSchema, head).size;
    if (size < from + BigInt(count))
      throw new DomainError('not-verified', {
        detail: 'A log has fewer leaves than the block says.',
        meta: {reason: 'log-size'},
      });
  }
}

function partsOf<T>(all: readonly T[]): T[][] {
  return Array.from({length: Math.ceil(all.length / PER_QUERY)}, (_, i) =>
    all.slice(i * PER_QUERY, (i + 1) * PER_QUERY),
  );
}
