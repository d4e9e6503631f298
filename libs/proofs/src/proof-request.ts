import {BinaryReader, WireType} from '@bufbuild/protobuf/wire';
import {LIMITS, NotCanonicalError, STATE_KIND, decodeCanonical} from '@vitalvault/contracts';
import {ProofRequestSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {LogRequest, ProofRequest, StateKey} from '@vitalvault/contracts/gen/proof/v1/proof';
import {encodeStateKey} from './state-key.js';

const MOST_PARTS = 4;
const MOST_PART_BYTES = 64;
const KEYS_FIELD = 1;

export type ProofRequestFault = 'too-long' | 'undecodable' | 'over-a-limit';

/**
 * Reads a question for proofs. Its length and what it consists of are looked at before it is decoded, so that refusing
 * costs little.
 * @returns the question, or what is wrong with it; never throws
 * @spec docs/protocol.md §5.5
 */
export function parseProofRequest(bytes: Uint8Array): ProofRequest | ProofRequestFault {
  if (bytes.length > LIMITS.proofRequestBytes) return 'too-long';
  const counted = countedFields(bytes);
  if (counted === undefined) return 'undecodable';
  if (counted.keys > LIMITS.proofKeys || counted.logs > LIMITS.proofLogs) return 'over-a-limit';
  try {
    const request = decodeCanonical(ProofRequestSchema, bytes);
    return isWithinLimits(request) ? request : 'over-a-limit';
  } catch (error) {
    if (error instanceof NotCanonicalError) return 'undecodable';
    throw error;
  }
}

function countedFields(bytes: Uint8Array): {keys: number; logs: number} | undefined {
  const reader = new BinaryReader(bytes);
  const counted = {keys: 0, logs: 0};
  try {
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (type !== WireType.LengthDelimited) return undefined;
      reader.skip(type);
      if (field === KEYS_FIELD) counted.keys += 1;
      else counted.logs += 1;
    }
  } catch {
    return undefined;
  }
  return counted;
}

function isWithinLimits({keys, logs}: ProofRequest): boolean {
  const names = new Set(logs.map(({kind, patient}) => encodeStateKey(kind, [patient]).join()));
  return keys.every(isKey) && logs.every(isLog) && names.size === logs.length;
}

function isKey({kind, parts}: StateKey): boolean {
  return (
    kind >= 1 && kind <= 255 && parts.length <= MOST_PARTS && parts.every((part) => part.length <= MOST_PART_BYTES)
  );
}

function isLog({kind, patient, from, limit, indexes}: LogRequest): boolean {
  const isPage = indexes.length === 0 && limit <= LIMITS.proofLeaves;
  const areLeaves = indexes.length <= LIMITS.proofLeaves && limit === 0 && from === 0n && isAscending(indexes);
  const isKind = kind === STATE_KIND.recordLog || kind === STATE_KIND.accessLog;
  return isKind && patient.length <= MOST_PART_BYTES && (isPage || areLeaves);
}

/** Whether each index is above the one before. */
export function isAscending(indexes: readonly bigint[]): boolean {
  return indexes.every((index, i) => index > (indexes[i - 1] ?? -1n));
}
