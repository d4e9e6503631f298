import {decodeCanonical, taggedHash} from '@vitalvault/contracts';
import {SkipEntrySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {SkipEntry} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {SkipSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {Skip} from '@vitalvault/contracts/gen/record/v1/record';
import {DomainError} from '@vitalvault/errors';
import {MAX_SEQUENCE} from './check-record.js';
import {codecFault} from './codec-fault.js';
import {recordNumber} from './incoming-record.js';
import type {RecordNumber} from './incoming-record.js';

/** A number that its device gives up, as posted. */
export interface IncomingSkip {
  readonly entry: SkipEntry;
  readonly skip: Skip;
  /** T("skip", …): what the device signed; 32 bytes. */
  readonly digest: Uint8Array;
  readonly number: RecordNumber;
}

/** Checks what a skip's own bytes tell; not who signed it. */
export function readSkip(body: Uint8Array, chainId: string): IncomingSkip | DomainError {
  if (body.length === 0) return new DomainError('malformed', {detail: 'The body is empty.'});
  try {
    const entry = decodeCanonical(SkipEntrySchema, body);
    const skip = decodeCanonical(SkipSchema, entry.skip);
    const fault = faultOf(entry, skip, chainId);
    return (
      fault ?? {
        entry,
        skip,
        digest: taggedHash('skip', entry.skip),
        number: recordNumber(skip.device, skip.registration, skip.sequence),
      }
    );
  } catch (error) {
    return codecFault(error);
  }
}

const RULES: Readonly<Record<string, (skip: Skip, entry: SkipEntry) => boolean>> = {
  'skip.patient': ({patient}) => patient.length === 20,
  'skip.device': ({device}) => device.length === 20,
  'skip.registration': ({registration}) => registration >= 1,
  'skip.sequence': ({sequence}) => sequence >= 1n && sequence <= MAX_SEQUENCE,
  'skip.typeTag': ({typeTag}) => typeTag.length === 16 && typeTag.some((byte) => byte !== 0),
  'skip.tagSequence': ({tagSequence}) => tagSequence >= 1n && tagSequence <= MAX_SEQUENCE,
  signature: (_skip, {signature}) => signature.length === 64,
};

function faultOf(entry: SkipEntry, skip: Skip, chainId: string): DomainError | undefined {
  if (skip.chainId !== chainId) return new DomainError('wrong-chain', {meta: {chainId}});
  const broken = Object.entries(RULES).find(([, fits]) => !fits(skip, entry));
  return broken === undefined
    ? undefined
    : new DomainError('invalid-field', {detail: `${broken[0]} is not allowed to have this value.`});
}
