import {ALG_ES256K, KEY_OWNER, keyId, toHex} from '@vitalvault/contracts';
import type {Sha256} from '@vitalvault/proofs';
import {payerOf} from './signer.js';
import {load, SLOTS} from './state-slots.js';
import type {ReadableState} from './state-view.js';

/** Whom a transaction is counted to while it waits and in a proposal; names for maps, which mean nothing else. */
export interface Account {
  /** A patient or member, whatever her key; of an organisation each key, as each of its processes has its own. */
  readonly actor: string;
  /** Whose key it is, who endorsed the member, who sponsored the patient; empty for a key that is nobody's. */
  readonly organisation: string;
}

/**
 * Whom the key of a transaction's first signature stands for. An organisation may have 64 keys, and make patients and
 * members as its quota of enrolments allows: what is shared out by key alone would all be its own.
 * @spec docs/protocol.md §4.7
 */
export function accountOf(view: ReadableState, publicKey: Uint8Array, sha256: Sha256): Account {
  const key = keyId({alg: ALG_ES256K, publicKey}, sha256);
  const owner = load(view, SLOTS.keyOwner, [key]);
  if (owner === undefined) return {actor: toHex(key), organisation: ''};
  const payer = payerOf(view, owner);
  return {
    actor: toHex(owner.kind === KEY_OWNER.organisation ? key : owner.identity),
    organisation: payer === undefined ? '' : toHex(payer),
  };
}
