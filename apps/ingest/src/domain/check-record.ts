import {LIMITS} from '@vitalvault/contracts';
import type {PostedRecord, RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';
import {isSizeClass} from '@vitalvault/envelope';
import {DomainError} from '@vitalvault/errors';

/** Storage keeps sequences as signed 64-bit numbers. */
export const MAX_SEQUENCE = 2n ** 63n - 1n;

interface Rule {
  readonly field: string;
  readonly fits: (posted: PostedRecord, header: RecordHeader) => boolean;
}

/** The limits of docs/protocol.md §3.1–3.3, cheapest first. */
const RULES: readonly Rule[] = [
  {field: 'header.kind', fits: (_posted, {kind}) => kind === 1},
  {field: 'header.patient', fits: (_posted, {patient}) => patient.length === 20},
  {field: 'header.device', fits: (_posted, {device}) => device.length === 20},
  {field: 'header.registration', fits: (_posted, {registration}) => registration >= 1},
  {field: 'header.typeTag', fits: (_posted, {typeTag}) => typeTag.length === 16 && typeTag.some((byte) => byte !== 0)},
  {field: 'header.epoch', fits: (_posted, {epoch}) => epoch >= 1},
  {field: 'header.sequence', fits: (_posted, {sequence}) => sequence >= 1n && sequence <= MAX_SEQUENCE},
  {field: 'header.tagSequence', fits: (_posted, {tagSequence}) => tagSequence >= 1n && tagSequence <= MAX_SEQUENCE},
  {field: 'header.count', fits: (_posted, {count}) => count >= 1 && count <= LIMITS.readingsPerRecord},
  {field: 'header.releaseSuite', fits: (_posted, {releaseSuite}) => releaseSuite === 1},
  {field: 'header.releaseKeyId', fits: (_posted, {releaseKeyId}) => releaseKeyId.length === 20},
  {field: 'sealedKey', fits: ({sealedKey}) => sealedKey.length === LIMITS.sealedKeyBytes},
  {field: 'innerKeyHash', fits: ({innerKeyHash}) => innerKeyHash.length === 32},
  {field: 'signature', fits: ({signature}) => signature.length === 64},
  {field: 'ciphertext', fits: ({ciphertext}) => isSizeClass(ciphertext.length)},
];

/** What is wrong with a record by its own bytes; undefined: nothing. */
export function faultOfRecord(posted: PostedRecord, header: RecordHeader, chainId: string): DomainError | undefined {
  if (header.version !== 1) return new DomainError('wrong-version', {detail: 'header.version is not 1.'});
  if (header.chainId !== chainId) return new DomainError('wrong-chain', {meta: {chainId}});
  if (posted.ciphertext.length > LIMITS.recordCiphertextBytes)
    return new DomainError('body-too-large', {detail: 'ciphertext', meta: {limitBytes: LIMITS.recordCiphertextBytes}});
  const broken = RULES.find(({fits}) => !fits(posted, header));
  return broken === undefined
    ? undefined
    : new DomainError('invalid-field', {detail: `${broken.field} is not allowed to have this value.`});
}
