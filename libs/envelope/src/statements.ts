import type {DescMessage, MessageShape} from '@bufbuild/protobuf';
import {
  ALG_ES256K,
  NotCanonicalError,
  decodeCanonical,
  encodeCanonical,
  equalBytes,
  taggedHash,
} from '@vitalvault/contracts';
import type {FieldsOf, Tag} from '@vitalvault/contracts';
import {EnvelopeError} from './envelope-error.js';
import {publicKeyOf, signDigest, verifyDigest} from './signing.js';
import type {PublicSigningKey} from './signing.js';
import type {CarriedSignature} from './tx.js';

/** A transaction is signed over its signers too (`signBody`). */
type StatementTag = Exclude<Tag, 'tx'>;

/** A kind of signed statement: the tagged hash it is signed under and its message. */
export interface StatementKind<D extends DescMessage> {
  tag: StatementTag;
  schema: D;
}

/** Canonical bytes of a statement with a signature over T(tag, bytes). */
export interface SignedBytes {
  bytes: Uint8Array;
  signature: CarriedSignature;
}

/** Signs the canonical bytes of `fields` as a statement of this kind. */
export function signStatement<D extends DescMessage>(
  kind: StatementKind<D>,
  fields: FieldsOf<D>,
  privateKey: Uint8Array,
): SignedBytes {
  const bytes = encodeCanonical(kind.schema, fields);
  return {bytes, signature: signBytes(kind.tag, bytes, privateKey)};
}

/** The signature of a key over T(tag, bytes), as messages carry it. */
export function signBytes(tag: StatementTag, bytes: Uint8Array, privateKey: Uint8Array): CarriedSignature {
  return {
    alg: ALG_ES256K,
    publicKey: publicKeyOf(privateKey),
    signature: signDigest(privateKey, taggedHash(tag, bytes)),
  };
}

/**
 * Reads a statement that `signer` must have signed: the caller says whose word counts, never the statement.
 * @throws EnvelopeError `bad-signature` when it is missing, by another key, or wrong; `not-canonical`
 */
export function openStatement<D extends DescMessage>(
  kind: StatementKind<D>,
  signed: {bytes: Uint8Array; signature?: CarriedSignature | undefined},
  signer: PublicSigningKey,
): MessageShape<D> {
  const {bytes, signature} = signed;
  const fits =
    signature?.alg === ALG_ES256K && signer.alg === ALG_ES256K && equalBytes(signature.publicKey, signer.publicKey);
  if (!fits || !verifyDigest(signer.publicKey, taggedHash(kind.tag, bytes), signature.signature)) {
    throw new EnvelopeError('bad-signature', `${kind.tag}: not signed by the key that must have signed it`);
  }
  try {
    return decodeCanonical(kind.schema, bytes);
  } catch (cause) {
    if (cause instanceof NotCanonicalError)
      throw new EnvelopeError('not-canonical', `${kind.tag}: ${cause.message}`, {cause});
    throw cause;
  }
}
