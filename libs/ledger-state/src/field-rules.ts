import {ALG_ES256K, compareBytes, LIMITS} from '@vitalvault/contracts';
import type {AnchorEntry} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {
  Signature,
  SignedEpochStatement,
  SignedKeySuccession,
  SigningKey,
} from '@vitalvault/contracts/gen/record/v1/record';

/** Lengths and ranges of fields, shared by the messages. None of them looks at the state. */

export {isEncryptionKey} from '@vitalvault/contracts';

/** A field whose every value means something. */
export const isAny = (): boolean => true;
export const isIdentity = (bytes: Uint8Array): boolean => bytes.length === 20;
export const isTag = (bytes: Uint8Array): boolean => bytes.length === 16;
export const isHash = (bytes: Uint8Array): boolean => bytes.length === 32;
export const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

/** A compressed secp256k1 key by its form; whether it is a point is found out by its signature. */
export function isSigningKey(key: SigningKey | undefined): key is SigningKey {
  return (
    key !== undefined &&
    key.alg === ALG_ES256K &&
    key.publicKey.length === 33 &&
    (key.publicKey[0] === 2 || key.publicKey[0] === 3)
  );
}

const isSignatureValue = ({length}: Uint8Array): boolean => length === 64;

export function isSignature(signature: Signature | undefined): signature is Signature {
  return (
    signature !== undefined &&
    isSigningKey({...signature, $typeName: 'vitalvault.record.v1.SigningKey'}) &&
    isSignatureValue(signature.signature)
  );
}

export function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((value, i) => i === 0 || (numbers[i - 1] as number) < value);
}

/** Tags that rise, so that there is one way to write a set and none comes twice. */
export function areTags(tags: readonly Uint8Array[], most: number): boolean {
  return (
    tags.length >= 1 &&
    tags.length <= most &&
    tags.every((tag, i) => isTag(tag) && (i === 0 || compareBytes(tags[i - 1] as Uint8Array, tag) < 0))
  );
}

/** Carried statements by number, length and the form of their signatures; everything else is a result of its own. */
export function areStatements(statements: readonly SignedEpochStatement[]): boolean {
  return (
    statements.length <= LIMITS.epochStatements &&
    statements.every(({statement, signature}) => isStatement(statement) && isSignature(signature))
  );
}

/** What is signed apart and carried has no more bytes than it needs. */
const isStatement = ({length}: Uint8Array): boolean => length > 0 && length <= LIMITS.statementBytes;

/** A carried succession by its form; whether it holds is for the state to say. */
export function isSuccession({succession, signature}: SignedKeySuccession): boolean {
  return isStatement(succession) && isSignature(signature);
}

/** An entry to anchor by the lengths of its fields; what they hold is for the state to say. */
export function isAnchorEntry({entry}: AnchorEntry): boolean {
  if (entry.case === 'skip') return isStatement(entry.value.skip) && isSignatureValue(entry.value.signature);
  if (entry.case !== 'record') return false;
  const {header, ciphertextHash, innerKeyHash, sealedKeyHash, signature} = entry.value;
  return (
    header.length > 0 &&
    header.length <= LIMITS.headerBytes &&
    [ciphertextHash, innerKeyHash, sealedKeyHash].every(isHash) &&
    isSignatureValue(signature)
  );
}
