import {coversEveryTag} from '@vitalvault/consent';
import {NotCanonicalError, decodeCanonical, equalBytes, sha256Of} from '@vitalvault/contracts';
import type {RecordLeaf} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {RecordToRelease} from '@vitalvault/contracts/gen/policy/v1/policy';
import {RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';
import {recordId} from '@vitalvault/envelope';
import type {ProvenPermit, ReleaseRefusal} from './release-checks.js';

/** What a record must fit besides the permit. */
export interface Custody {
  readonly chainId: string;
  /** Ids of the release keys that this service holds, 20 bytes each. */
  readonly releaseKeyIds: readonly Uint8Array[];
}

const RELEASE_SUITE = 1;
const mismatch = (detail: string): ReleaseRefusal => ({code: 'release-mismatch', detail});

/** Record id recomputed from the parts that storage gave; the sealed key counts by its hash. */
export function idOf(record: RecordToRelease): Uint8Array {
  const {header, ciphertextHash, innerKeyHash, sealedKey} = record;
  return recordId({header, ciphertextHash, innerKeyHash, sealedKeyHash: sha256Of(sealedKey)});
}

/** [§7:3f] The permit speaks for the records that were in the log when it was given. */
export function checkIndex(record: RecordToRelease, {decision}: ProvenPermit): ReleaseRefusal | undefined {
  return record.logIndex < decision.recordLogSize ? undefined : mismatch('a record is younger than the permit');
}

/** [§7:3g] The recomputed id is that of the proven leaf at the index that storage named. */
export function checkLeaf(record: RecordToRelease, leaf: RecordLeaf): ReleaseRefusal | undefined {
  const entry = leaf.entry?.entry.case === 'record' ? leaf.entry.entry.value : undefined;
  if (leaf.index !== record.logIndex || entry === undefined)
    return mismatch('at that index of the record log stands no record');
  return equalBytes(recordId(entry), idOf(record))
    ? undefined
    : mismatch('the record log has another record at that index');
}

/** The header that was proven by the id. */
export function headerOf(record: RecordToRelease): RecordHeader | ReleaseRefusal {
  try {
    return decodeCanonical(RecordHeaderSchema, record.header);
  } catch (error) {
    if (error instanceof NotCanonicalError) return mismatch('a header cannot be read');
    throw error;
  }
}

/** [§7:3h] Same chain and patient, granted tag, slot within the request. */
export function checkScope(header: RecordHeader, {request}: ProvenPermit, chainId: string): ReleaseRefusal | undefined {
  if (header.chainId !== chainId) return mismatch('a record of another chain');
  if (!equalBytes(header.patient, request.patient)) return mismatch('a record of another patient');
  // The zero tag was permitted by an all-types grant only, or to the patient herself (rule 6, rule 0).
  if (!coversEveryTag([request.typeTag]) && !equalBytes(header.typeTag, request.typeTag))
    return mismatch('a record of another type');
  if (header.slot < request.slotFrom || header.slot > request.slotTo)
    return mismatch('a record outside the hours of the request');
  return undefined;
}

/** [§7:3i] Sealed to a release key of this custodian. */
export function checkReleaseKey(header: RecordHeader, {releaseKeyIds}: Custody): ReleaseRefusal | undefined {
  if (header.releaseSuite !== RELEASE_SUITE) return mismatch('a record of another release suite');
  return releaseKeyIds.some((id) => equalBytes(id, header.releaseKeyId))
    ? undefined
    : mismatch('a record that is sealed to another custodian');
}
