import {ALG_ES256K, ALG_X25519, fromHex, keyId, toHex} from '@vitalvault/contracts';
import {generateEncryptionKey, generateSigningKey} from '@vitalvault/envelope';
import type {KeyPair, RandomBytes} from '@vitalvault/envelope';

/** A key pair as key files hold it: alg 1 ES256K, 16 X25519; hexadecimal. The keeper of the file encrypts it. */
export interface StoredKey {
  alg: number;
  publicKey: string;
  privateKey: string;
}

export function newSigningKey(random: RandomBytes): StoredKey {
  return stored(ALG_ES256K, generateSigningKey(random));
}

export function newEncryptionKey(random: RandomBytes): StoredKey {
  return stored(ALG_X25519, generateEncryptionKey(random));
}

function stored(alg: number, {publicKey, privateKey}: KeyPair): StoredKey {
  return {alg, publicKey: toHex(publicKey), privateKey: toHex(privateKey)};
}

/** The public half as messages carry it. */
export function publicHalf(key: Pick<StoredKey, 'alg' | 'publicKey'>): {alg: number; publicKey: Uint8Array} {
  return {alg: key.alg, publicKey: fromHex(key.publicKey)};
}

export function privateHalf(key: StoredKey): Uint8Array {
  return fromHex(key.privateKey);
}

/** Key id in hexadecimal: the identity of whoever was registered with this key. */
export function idOf(key: Pick<StoredKey, 'alg' | 'publicKey'>): string {
  return toHex(keyId(publicHalf(key)));
}
