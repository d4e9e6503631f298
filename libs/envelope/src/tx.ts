import {encodeCanonical, transactionId} from '@vitalvault/contracts';
import type {FieldsOf} from '@vitalvault/contracts';
import {BodySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {Signature, SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {signDigest, signingKeyOf} from './signing.js';

/** A signature as messages carry it: algorithm, public key, 64 bytes. */
export type CarriedSignature = Pick<Signature, 'alg' | 'publicKey' | 'signature'>;

/** Canonical bytes of a transaction's body: what is signed. */
export function encodeBody(body: FieldsOf<typeof BodySchema>): Uint8Array {
  return encodeCanonical(BodySchema, body);
}

/** A key that signs. */
type Signer = Pick<SigningKey, 'alg' | 'publicKey'>;

/**
 * One signer's signature of a body, for transactions whose signers are apart.
 * @param signers keys of all signers in the order that the message demands: each signature covers them
 * @spec docs/protocol.md §4.1
 */
export function signBody(body: Uint8Array, privateKey: Uint8Array, signers: readonly Signer[]): CarriedSignature {
  return {...signingKeyOf(privateKey), signature: signDigest(privateKey, transactionId(body, signers))};
}

/** Canonical bytes of a Tx from its body and the signatures in the order that the message demands. */
export function assembleTx(body: Uint8Array, signatures: CarriedSignature[]): Uint8Array {
  return encodeCanonical(TxSchema, {body, signatures});
}

/** Signs a body with all keys of one place, in the order that the message demands, and gives the bytes of the Tx. */
export function signTx(body: FieldsOf<typeof BodySchema> | Uint8Array, privateKeys: Uint8Array[]): Uint8Array {
  const bytes = body instanceof Uint8Array ? body : encodeBody(body);
  const signers = privateKeys.map(signingKeyOf);
  return assembleTx(
    bytes,
    privateKeys.map((key) => signBody(bytes, key, signers)),
  );
}
