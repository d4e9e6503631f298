import {ALG_ES256K, encodeCanonical, taggedHash} from '@vitalvault/contracts';
import type {FieldsOf} from '@vitalvault/contracts';
import {BodySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {Signature} from '@vitalvault/contracts/gen/record/v1/record';
import {publicKeyOf, signDigest} from './signing.js';

/** A signature as messages carry it: algorithm, public key, 64 bytes. */
export type CarriedSignature = Pick<Signature, 'alg' | 'publicKey' | 'signature'>;

/** Canonical bytes of a transaction's body: what is signed. */
export function encodeBody(body: FieldsOf<typeof BodySchema>): Uint8Array {
  return encodeCanonical(BodySchema, body);
}

/** T("tx", body): the transaction's id and the digest that each signer signs; 32 bytes. @spec docs/protocol.md §4 */
export function txId(body: Uint8Array): Uint8Array {
  return taggedHash('tx', body);
}

/** One signer's signature of a body, for transactions whose signers are apart. */
export function signBody(body: Uint8Array, privateKey: Uint8Array): CarriedSignature {
  return {alg: ALG_ES256K, publicKey: publicKeyOf(privateKey), signature: signDigest(privateKey, txId(body))};
}

/** Canonical bytes of a Tx from its body and the signatures in the order that the message demands. */
export function assembleTx(body: Uint8Array, signatures: CarriedSignature[]): Uint8Array {
  return encodeCanonical(TxSchema, {body, signatures});
}

/** Signs a body with all keys of one place, in the order that the message demands, and gives the bytes of the Tx. */
export function signTx(body: FieldsOf<typeof BodySchema> | Uint8Array, privateKeys: Uint8Array[]): Uint8Array {
  const bytes = body instanceof Uint8Array ? body : encodeBody(body);
  return assembleTx(
    bytes,
    privateKeys.map((key) => signBody(bytes, key)),
  );
}
