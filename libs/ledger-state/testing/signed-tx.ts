import {encodeCanonical, transactionId} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {BodySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {signDigest} from './test-keys.js';
import type {TestKey} from './test-keys.js';

export interface TxParts {
  readonly message: TxMessage;
  /** In the order that the message demands. */
  readonly signers: readonly TestKey[];
  readonly chainId: string;
  readonly nonce: bigint;
  readonly expiresAtHeight: bigint;
  /** Unix seconds. */
  readonly expiresAtTime: bigint;
}

/** Bytes of a signed transaction. */
export function signedTx({message, signers, ...common}: TxParts): Uint8Array {
  return signedBody(encodeCanonical(BodySchema, {version: 1, ...common, message}), signers);
}

/** Bytes of a transaction over any body, good or bad. */
export function signedBody(body: Uint8Array, signers: readonly TestKey[]): Uint8Array {
  const digest = transactionId(
    body,
    signers.map(({key}) => key),
  );
  const signatures = signers.map((signer) => ({
    alg: signer.key.alg,
    publicKey: signer.key.publicKey,
    signature: signDigest(signer, digest),
  }));
  return encodeCanonical(TxSchema, {body, signatures});
}
