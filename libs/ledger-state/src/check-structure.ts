import {CODE, decodeCanonical, equalBytes, LIMITS, NotCanonicalError, transactionId} from '@vitalvault/contracts';
import {BodySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {Body, Tx} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {isSignature} from './field-rules.js';
import type {Message} from './message-rules.js';
import type {LedgerPorts} from './ports.js';
import {refusedField} from './refused-field.js';
import {rulesOf} from './rules-of.js';

/** A transaction that is well-formed and signed by the keys it carries. Who they are is for the state to say. */
export interface CheckedTx {
  readonly ok: true;
  /** `transactionId`: what every signer signed. */
  readonly txId: Uint8Array;
  readonly body: Body;
  readonly message: Message;
  /** Keys of the signatures in order; at least one. */
  readonly signingKeys: readonly [SigningKey, ...SigningKey[]];
  /** Comes first in a block. */
  readonly rights: boolean;
  /** Carries a succession, which comes before all: whether it holds is for the state to say. */
  readonly succession: boolean;
}

export interface StructureRefusal {
  readonly ok: false;
  readonly code: number;
  /** Name of the field that `invalidField` is about: for CheckTx's log, never consensus data. */
  readonly field?: string;
}

const refuse = (code: number): StructureRefusal => ({ok: false, code});
const refuseField = (field: string): StructureRefusal => ({ok: false, code: CODE.invalidField, field});

/**
 * All that can be said of a transaction's bytes without any state: size · canonical · version · chain · fields ·
 * signers in their order · signatures. Pure, so its result may be cached by the bytes.
 * @returns the transaction, or the code of the first check that fails; never throws, whatever the bytes.
 * @spec docs/protocol.md §4.2
 */
export function checkStructure(
  bytes: Uint8Array,
  chainId: string,
  {verify, sha256}: LedgerPorts,
): CheckedTx | StructureRefusal {
  if (bytes.length > LIMITS.txBytes) return refuse(CODE.tooLarge);
  const decoded = decode(bytes);
  if (decoded === undefined) return refuse(CODE.undecodable);
  const {tx, body} = decoded;
  if (body.version !== 1) return refuse(CODE.wrongVersion);
  if (body.chainId !== chainId) return refuse(CODE.wrongChain);
  const {message} = body;
  if (message.case === undefined) return refuseField('message');
  if (body.nonce < 1n) return refuseField('nonce');
  if (!tx.signatures.every(isSignature)) return refuseField('signatures');
  const field = refusedField(message);
  if (field !== undefined) return refuseField(field);
  const rules = rulesOf(message.case);
  const [first, ...others] = tx.signatures;
  if (first === undefined || !areSignedBy(tx, rules.signatures(message.value))) return refuse(CODE.wrongSigners);
  const txId = transactionId(tx.body, tx.signatures, sha256);
  if (!tx.signatures.every(({publicKey, signature}) => verify(publicKey, txId, signature)))
    return refuse(CODE.badSignature);
  const succession = carriesSuccession(message);
  const signingKeys = [keyOf(first), ...others.map(keyOf)] as const;
  return {ok: true, txId, body, message, signingKeys, rights: rules.level === 'rights', succession};
}

function carriesSuccession(message: Message): boolean {
  return message.case === 'publishKeys' && message.value.succession !== undefined;
}

function areSignedBy(tx: Tx, demanded: readonly (SigningKey | undefined)[]): boolean {
  return (
    tx.signatures.length === demanded.length &&
    demanded.every((key, i) => {
      const signature = tx.signatures[i];
      return (
        key === undefined ||
        (signature !== undefined && key.alg === signature.alg && equalBytes(key.publicKey, signature.publicKey))
      );
    })
  );
}

function keyOf({alg, publicKey}: {alg: number; publicKey: Uint8Array}): SigningKey {
  return {$typeName: 'vitalvault.record.v1.SigningKey', alg, publicKey};
}

function decode(bytes: Uint8Array): {tx: Tx; body: Body} | undefined {
  try {
    const tx = decodeCanonical(TxSchema, bytes, LIMITS.txFields);
    return {tx, body: decodeCanonical(BodySchema, tx.body, LIMITS.bodyFields)};
  } catch (error) {
    if (error instanceof NotCanonicalError) return undefined;
    throw error;
  }
}
