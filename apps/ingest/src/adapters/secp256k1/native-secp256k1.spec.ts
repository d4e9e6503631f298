import {secp256k1} from '@noble/curves/secp256k1.js';
import {sha256Of} from '@vitalvault/contracts';
import {generateSigningKey, verifyDigest} from '@vitalvault/envelope';
import {seededRandom} from '@vitalvault/envelope/testing';
import fc from 'fast-check';
import {readFileSync} from 'node:fs';
import {NativeSecp256k1} from './native-secp256k1.js';

const native = new NativeSecp256k1();
const key = generateSigningKey(seededRandom('native'));
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
interface File {
  numberOfTests: number;
  testGroups: {publicKey: {uncompressed: string}; tests: {tcId: number; msg: string; sig: string; result: string}[]}[];
}

describe('NativeSecp256k1', () => {
  // C2SP Wycheproof, compact signatures. High-S signatures are valid there and refused by our rule.
  it('agrees with noble on every case of Wycheproof, and takes none that is invalid', () => {
    const file = JSON.parse(
      readFileSync(
        new URL(
          '../../../../../test/vectors/published/wycheproof/ecdsa_secp256k1_sha256_p1363_test.json',
          import.meta.url,
        ),
        'utf8',
      ),
    ) as File;
    let count = 0;
    for (const {publicKey, tests} of file.testGroups) {
      const compressed = secp256k1.Point.fromHex(publicKey.uncompressed).toBytes(true);
      for (const {tcId, msg, sig, result} of tests) {
        count++;
        const [digest, signature] = [sha256Of(bytes(msg)), bytes(sig)];
        const taken = native.verify(compressed, digest, signature);
        expect([tcId, taken]).toEqual([tcId, verifyDigest(compressed, digest, signature)]);
        if (taken) expect([tcId, result]).toEqual([tcId, 'valid']);
      }
    }
    expect(count).toBe(file.numberOfTests);
  });

  it('signs what noble verifies, deterministically and with low s', () => {
    const signer = native.signer(key);
    fc.assert(
      fc.property(fc.uint8Array({minLength: 32, maxLength: 32}), (digest) => {
        const signature = signer.sign(digest);
        expect(verifyDigest(key.publicKey, digest, signature)).toBe(true);
        expect(native.verify(key.publicKey, digest, signature)).toBe(true);
        expect([...signer.sign(digest)]).toEqual([...signature]);
      }),
      {numRuns: 50},
    );
  });

  it('takes no uncompressed or hybrid key, no other length, no flipped bit', () => {
    const digest = sha256Of(bytes('00'));
    const signature = native.signer(key).sign(digest);
    const point = secp256k1.Point.fromBytes(key.publicKey);
    const uncompressed = point.toBytes(false);
    const hybrid = Uint8Array.from([point.y % 2n === 0n ? 6 : 7, ...uncompressed.slice(1)]);
    for (const other of [uncompressed, hybrid, key.publicKey.slice(1), new Uint8Array(33)])
      expect(native.verify(other, digest, signature)).toBe(false);
    for (const other of [signature.slice(1), new Uint8Array(64), Uint8Array.from([...signature, 0])])
      expect(native.verify(key.publicKey, digest, other)).toBe(false);
    expect(native.verify(key.publicKey, digest.slice(1), signature)).toBe(false);
    fc.assert(
      fc.property(fc.nat(511), (bit) => {
        const flipped = signature.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        expect(native.verify(key.publicKey, digest, flipped)).toBe(false);
      }),
      {numRuns: 100},
    );
  });
});
