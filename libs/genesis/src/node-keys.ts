import {ed25519} from '@noble/curves/ed25519.js';
import {createHash, randomBytes} from 'node:crypto';

/** An Ed25519 key pair as CometBFT and libp2p write it: 64 bytes, seed then public key. */
export interface Ed25519Key {
  publicKey: Uint8Array;
  secret: Uint8Array;
}

export function generateEd25519(seed: Uint8Array = randomBytes(32)): Ed25519Key {
  const publicKey = ed25519.getPublicKey(seed);
  return {publicKey, secret: Buffer.concat([seed, publicKey])};
}

/** CometBFT's address of a key: the first 20 bytes of its SHA-256. */
export function cometAddress(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 40);
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

export function privValidatorKeyJson(key: Ed25519Key): string {
  return (
    JSON.stringify(
      {
        address: cometAddress(key.publicKey).toUpperCase(),
        pub_key: {type: 'tendermint/PubKeyEd25519', value: base64(key.publicKey)},
        priv_key: {type: 'tendermint/PrivKeyEd25519', value: base64(key.secret)},
      },
      undefined,
      2,
    ) + '\n'
  );
}

export function nodeKeyJson(key: Ed25519Key): string {
  return JSON.stringify({priv_key: {type: 'tendermint/PrivKeyEd25519', value: base64(key.secret)}}) + '\n';
}

/** The key inside a node_key.json or priv_validator_key.json; undefined when the text has none. */
export function keyFromCometJson(text: string): Ed25519Key | undefined {
  // The parser's own error quotes the text, and the text is a secret.
  try {
    const parsed = JSON.parse(text) as {priv_key: {value: string}};
    const secret = Buffer.from(parsed.priv_key.value, 'base64');
    return secret.length === 64 ? {secret, publicKey: secret.subarray(32)} : undefined;
  } catch {
    return undefined;
  }
}

/** The last round there can be, and its last step. */
const MOST_ROUND = 2 ** 31 - 1;
const LAST_STEP = 3;

/**
 * priv_validator_state.json of a validator that signs nothing at this height or below. @param signedUpTo 0: it has
 * signed nothing yet
 */
export function validatorStateJson(signedUpTo: bigint): string {
  const state =
    signedUpTo === 0n
      ? {height: '0', round: 0, step: 0}
      : {height: String(signedUpTo), round: MOST_ROUND, step: LAST_STEP};
  return JSON.stringify(state) + '\n';
}
