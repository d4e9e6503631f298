import {base64Encode} from '@bufbuild/protobuf/wire';
import {decodeCanonical, equalBytes, fromBase64Url, namedSigners} from '@vitalvault/contracts';
import {BodySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {Body} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {assembleTx, signBody} from '@vitalvault/envelope';
import type {CarriedSignature} from '@vitalvault/envelope';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {privateHalf, publicHalf} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import {SdkError} from '../sdk-error.js';

/** A transaction that not all of its signers have signed yet; passes between them as one line of text. */
export interface TxPart {
  body: Uint8Array;
  signatures: CarriedSignature[];
}

const PREFIX = 'vvtx1.';

/** The part as one line: "vvtx1." and the base64url of a Tx with the signatures so far. */
export function encodePart(part: TxPart): string {
  return PREFIX + base64Encode(assembleTx(part.body, part.signatures), 'url');
}

/** @throws SdkError `part-refused` when the text is none */
export function decodePart(text: string): TxPart {
  if (!text.startsWith(PREFIX)) throw new SdkError('part-refused', {detail: `a part begins with "${PREFIX}"`});
  try {
    const {body, signatures} = decodeCanonical(TxSchema, fromBase64Url(text.slice(PREFIX.length)));
    return {body, signatures};
  } catch (cause) {
    throw new SdkError('part-refused', {detail: 'the part is damaged', cause});
  }
}

/**
 * Keys of all its signers in their order: whoever signed first, or is about to, and those that the message names. Every
 * signature covers all of them.
 */
function signersOf(part: TxPart, next: Pick<SigningKey, 'alg' | 'publicKey'>): Pick<SigningKey, 'alg' | 'publicKey'>[] {
  const {message} = bodyOfPart(part);
  return [part.signatures[0] ?? next, ...(message.case === undefined ? [] : namedSigners(message))];
}

/** The message inside a part, for the signer to look at before she signs. @throws SdkError `part-refused` */
export function bodyOfPart(part: TxPart): Body {
  try {
    return decodeCanonical(BodySchema, part.body);
  } catch (cause) {
    throw new SdkError('part-refused', {detail: 'the part holds no transaction', cause});
  }
}

/**
 * The part with one more signature at its end.
 * @throws SdkError `part-refused` when the key is not the one whose turn it is: its signature would be worth nothing
 */
export function signPart(part: TxPart, key: StoredKey): TxPart {
  const own = publicHalf(key);
  const signers = signersOf(part, own);
  const due = signers[part.signatures.length];
  if (due === undefined || !equalBytes(due.publicKey, own.publicKey))
    throw new SdkError('part-refused', {detail: 'it is not this key that signs next'});
  return {body: part.body, signatures: [...part.signatures, signBody(part.body, privateHalf(key), signers)]};
}

/** Bytes of the transaction of a part that everybody has signed. */
export function txOfPart(part: TxPart): Uint8Array {
  return assembleTx(part.body, part.signatures);
}
