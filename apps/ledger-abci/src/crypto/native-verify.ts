import {createRequire} from 'node:module';
import type {Verify} from '@vitalvault/ledger-state';

interface Secp256k1Binding {
  ecdsaVerify(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean;
}

const HALF_ORDER = Uint8Array.from([
  0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x5d, 0x57, 0x6e,
  0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
]);

/**
 * Verification by libsecp256k1.
 * The package falls back to slow JavaScript without a word when its binary does not load, so the binary is asked for by
 * name.
 * @throws Error when there is no native binding or it fails the self-test: the process must not start.
 */
export function nativeVerify(): Verify {
  const binding = loadBinding();
  const verify: Verify = (publicKey, digest, signature) => {
    if (publicKey.length !== 33 || digest.length !== 32 || signature.length !== 64) return false;
    // An explicit rule of consensus, though this backend has it too: another one may not.
    if (isHighS(signature)) return false;
    try {
      return binding.ecdsaVerify(signature, digest, publicKey);
    } catch {
      // No point of the curve, or r or s is not below the order.
      return false;
    }
  };
  selfTest(verify);
  return verify;
}

function loadBinding(): Secp256k1Binding {
  const require = createRequire(import.meta.url);
  try {
    return require('secp256k1/bindings.js') as Secp256k1Binding;
  } catch (cause) {
    throw new Error(
      'the native binding of secp256k1 does not load on this platform; without it a validator is too slow to keep up, so the ledger does not start',
      {cause},
    );
  }
}

function isHighS(signature: Uint8Array): boolean {
  for (let i = 0; i < 32; i++) {
    const difference = (signature[32 + i] as number) - (HALF_ORDER[i] as number);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** Case 1 of Wycheproof's ecdsa_secp256k1_sha256_p1363_test.json (its s is high) and the same signature with low s. */
const SELF_TEST = {
  publicKey: '03b838ff44e5bc177bf21189d0766082fc9d843226887fc9760371100b7ee20a6f',
  digest: 'bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023',
  r: '813ef79ccefa9a56f7ba805f0e478584fe5f0dd5f567bc09b5123ccbc9832365',
  lowS: '6ff18a52dcc0336f7af62400a6dd9b810732baf1ff758000d6f613a556eb31ba',
  highS: '900e75ad233fcc908509dbff5922647db37c21f4afd3203ae8dc4ae7794b0f87',
};

function selfTest(verify: Verify): void {
  const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
  const [publicKey, digest] = [bytes(SELF_TEST.publicKey), bytes(SELF_TEST.digest)];
  const good = bytes(SELF_TEST.r + SELF_TEST.lowS);
  const bad = [good.with(5, (good[5] as number) ^ 1), bytes(SELF_TEST.r + SELF_TEST.highS), new Uint8Array(64)];
  const holds = verify(publicKey, digest, good) && !bad.some((signature) => verify(publicKey, digest, signature));
  if (!holds) throw new Error('the native binding of secp256k1 fails its self-test; the ledger does not start');
}
