import {LIMITS, decodeCanonical, sha256Of, toHex, transactionId} from '@vitalvault/contracts';
import {BodySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {Body, Tx} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {DomainError} from '@vitalvault/errors';
import {asCallersFault} from './decode-for-caller.js';

/** A transaction as it was posted or stands in a block. */
export interface DecodedTransaction {
  readonly tx: Tx;
  readonly body: Body;
  /** Transaction id, hexadecimal. */
  readonly txId: string;
  /** CometBFT's hash: SHA-256 of the bytes of the Tx, hexadecimal. */
  readonly txHash: string;
}

/** @throws NotCanonicalError */
export function decodeTransaction(bytes: Uint8Array): DecodedTransaction {
  const tx = decodeCanonical(TxSchema, bytes, LIMITS.txFields);
  const body = decodeCanonical(BodySchema, tx.body, LIMITS.bodyFields);
  return {tx, body, txId: toHex(transactionId(tx.body, tx.signatures)), txHash: toHex(sha256Of(bytes))};
}

/**
 * What can be said about a posted transaction before any validator is asked: size, canonical form, version, chain, a
 * message and signatures. Everything else is the ledger's to judge.
 * @throws DomainError body-too-large, malformed, unknown-field, wrong-version, wrong-chain, invalid-field
 */
export function acceptTransaction(bytes: Uint8Array, chainId: string): DecodedTransaction {
  if (bytes.length > LIMITS.txBytes)
    throw new DomainError('body-too-large', {detail: `A transaction has at most ${LIMITS.txBytes} bytes.`});
  if (bytes.length === 0) throw new DomainError('malformed', {detail: 'no body'});
  const decoded = decodePosted(bytes);
  const {body, tx} = decoded;
  if (body.version !== 1) throw new DomainError('wrong-version');
  if (body.chainId !== chainId) throw new DomainError('wrong-chain', {detail: `This system serves ${chainId}.`});
  if (body.message.case === undefined) throw new DomainError('invalid-field', {detail: 'body: no message'});
  if (tx.signatures.length === 0) throw new DomainError('invalid-field', {detail: 'signatures: none'});
  return decoded;
}

function decodePosted(bytes: Uint8Array): DecodedTransaction {
  try {
    return decodeTransaction(bytes);
  } catch (cause) {
    throw asCallersFault(cause);
  }
}
