import {decodeCanonical, LIMITS, NotCanonicalError, taggedHashBy} from '@vitalvault/contracts';
import type {AnchorEntry, RecordEntry, SkipEntry} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {RecordHeaderSchema, SkipSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';
import type {Sha256} from '@vitalvault/proofs';
import {isIdentity, isTag} from './field-rules.js';

/** What a record and a skip have in common, and the digest that the device signed. */
export interface ParsedEntry {
  readonly chainId: string;
  readonly patient: Uint8Array;
  readonly device: Uint8Array;
  readonly registration: number;
  readonly sequence: bigint;
  readonly typeTag: Uint8Array;
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
  /** Absent in a skip. */
  readonly header?: RecordHeader;
}

/**
 * Reads an entry whose lengths are right (`isAnchorEntry`); undefined when its header or skip is not canonical, or a
 * length or range in it is wrong.
 */
export function parseEntry({entry}: AnchorEntry, sha256: Sha256): ParsedEntry | undefined {
  try {
    if (entry.case === 'record') return parseRecord(entry.value, sha256);
    return entry.case === 'skip' ? parseSkip(entry.value, sha256) : undefined;
  } catch (error) {
    if (error instanceof NotCanonicalError) return undefined;
    throw error;
  }
}

function parseRecord(entry: RecordEntry, sha256: Sha256): ParsedEntry | undefined {
  const {ciphertextHash, innerKeyHash, sealedKeyHash, signature} = entry;
  const header = decodeCanonical(RecordHeaderSchema, entry.header);
  if (!isPlausible(header) || !isKnownForm(header)) return undefined;
  return {
    ...header,
    header,
    digest: taggedHashBy(sha256, 'record', entry.header, ciphertextHash, innerKeyHash, sealedKeyHash),
    signature,
  };
}

function parseSkip(entry: SkipEntry, sha256: Sha256): ParsedEntry | undefined {
  const skip = decodeCanonical(SkipSchema, entry.skip);
  return isPlausible(skip)
    ? {...skip, digest: taggedHashBy(sha256, 'skip', entry.skip), signature: entry.signature}
    : undefined;
}

function isPlausible({
  patient,
  device,
  registration,
  sequence,
  typeTag,
  tagSequence,
}: Omit<ParsedEntry, 'digest' | 'signature' | 'header'> & {tagSequence: bigint}): boolean {
  return (
    isIdentity(patient) &&
    isIdentity(device) &&
    registration >= 1 &&
    sequence >= 1n &&
    isTag(typeTag) &&
    tagSequence >= 1n
  );
}

function isKnownForm({version, kind, epoch, count, releaseSuite, releaseKeyId}: RecordHeader): boolean {
  return (
    version === 1 &&
    kind === 1 &&
    epoch >= 1 &&
    count >= 1 &&
    count <= LIMITS.readingsPerRecord &&
    releaseSuite === 1 &&
    isIdentity(releaseKeyId)
  );
}
