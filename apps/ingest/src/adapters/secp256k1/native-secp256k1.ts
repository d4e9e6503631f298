import {createRequire} from 'node:module';
import type * as Secp256k1 from 'secp256k1';
import {fromHex} from '@vitalvault/contracts';
import type {ReceiptSigner, SignatureVerifier} from '../../application/ports.js';

const HALF_ORDER = fromHex('7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0');

/**
 * libsecp256k1 through npm `secp256k1`. Its plain entry falls back to slow JavaScript without a word, so the binding is
 * taken itself.
 */
function loadBinding(): typeof Secp256k1 {
  try {
    return createRequire(import.meta.url)('secp256k1/bindings.js') as typeof Secp256k1;
  } catch (cause) {
    throw new Error('secp256k1: no native build for this platform; run the install script of npm package secp256k1', {
      cause,
    });
  }
}

/** ES256K with libsecp256k1, held to docs/protocol.md §1.3: compressed keys, compact signatures, low s. */
export class NativeSecp256k1 implements SignatureVerifier {
  readonly #binding = loadBinding();

  verify(publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
    if (publicKey.length !== 33 || digest.length !== 32 || signature.length !== 64 || !isLowS(signature)) return false;
    try {
      return this.#binding.ecdsaVerify(signature, digest, publicKey);
    } catch {
      // A public key that is no point, r or s of the order or more.
      return false;
    }
  }

  /** Signer with deterministic nonces (RFC 6979). */
  signer(key: {publicKey: Uint8Array; privateKey: Uint8Array}): ReceiptSigner {
    return {publicKey: key.publicKey, sign: (digest) => this.#binding.ecdsaSign(digest, key.privateKey).signature};
  }
}

function isLowS(signature: Uint8Array): boolean {
  for (let i = 0; i < 32; i++) {
    const difference = (signature[32 + i] ?? 0) - (HALF_ORDER[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return true;
}
