import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {secp256k1} from '@noble/curves/secp256k1.js';
import {sha256Of} from '@vitalvault/contracts';
import {signDigest, TEST_PORTS, testKey} from '@vitalvault/ledger-state/testing';
import {nativeVerify} from './native-verify.js';

const verify = nativeVerify();

interface Case {
  tcId: number;
  msg: string;
  sig: string;
  result: string;
  flags: string[];
}
interface File {
  numberOfTests: number;
  testGroups: {publicKey: {uncompressed: string}; tests: Case[]}[];
}
const load = (name: string): File =>
  JSON.parse(
    readFileSync(new URL(`../../../../test/vectors/published/wycheproof/${name}`, import.meta.url), 'utf8'),
  ) as File;
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

/**
 * Runs a file by both verifiers. @returns numbers of the cases that the file calls valid and our rules refuse.
 * @param toCompact gives 64 bytes, or undefined when the encoding itself is none that our protocol has.
 */
function refusedThoughValid(name: string, toCompact: (sig: Uint8Array) => Uint8Array | undefined): number[] {
  const refused: number[] = [];
  const file = load(name);
  let count = 0;
  for (const {publicKey, tests} of file.testGroups) {
    const compressed = secp256k1.Point.fromHex(publicKey.uncompressed).toBytes(true);
    for (const test of tests) {
      count++;
      const signature = toCompact(bytes(test.sig));
      const digest = sha256Of(bytes(test.msg));
      const accepted = signature !== undefined && verify(compressed, digest, signature);
      if (signature !== undefined)
        expect([name, test.tcId, TEST_PORTS.verify(compressed, digest, signature)]).toEqual([
          name,
          test.tcId,
          accepted,
        ]);
      if (accepted) expect([name, test.tcId, test.result]).toEqual([name, test.tcId, 'valid']);
      else if (test.result !== 'invalid') refused.push(test.tcId);
    }
  }
  expect(count).toBe(file.numberOfTests);
  return refused;
}

function fromDer(sig: Uint8Array): Uint8Array | undefined {
  try {
    return secp256k1.Signature.fromBytes(sig, 'der').toBytes('compact');
  } catch {
    return undefined;
  }
}

describe('Wycheproof', () => {
  test('p1363: every invalid case is refused; of the valid ones only those with a high s', () => {
    expect(refusedThoughValid('ecdsa_secp256k1_sha256_p1363_test.json', (sig) => sig)).toEqual(HIGH_S_P1363);
  });

  test('bitcoin (low s by rule): every invalid case is refused and every valid one taken', () => {
    expect(refusedThoughValid('ecdsa_secp256k1_sha256_bitcoin_test.json', fromDer)).toEqual([]);
  });

  test('DER: every invalid case is refused; of the valid ones only those with a high s', () => {
    expect(refusedThoughValid('ecdsa_secp256k1_sha256_test.json', fromDer)).toEqual(HIGH_S_DER);
  });
});

/**
 * Valid for Wycheproof, refused by docs/protocol.md §1.3: s > n/2 (numbers worked out from the files alone, with big
 * integers).
 */
const HIGH_S_P1363 = [
  1, 62, 63, 64, 66, 67, 68, 70, 72, 74, 75, 76, 78, 81, 83, 85, 87, 88, 89, 90, 95, 96, 97, 100, 102, 112, 113, 115,
  117, 134, 135, 136, 167, 168, 171, 172, 173, 174, 176, 177, 181, 187, 188, 192, 196, 198, 200, 202, 206, 207, 212,
  213, 221, 222, 226, 227, 228, 229, 231, 232, 233, 234, 235, 237, 238, 239, 240, 241, 242, 243, 247, 252,
];
const HIGH_S_DER = [
  1, 2, 5, 297, 298, 299, 301, 302, 303, 305, 307, 309, 310, 311, 313, 316, 318, 320, 322, 323, 324, 325, 330, 331, 332,
  335, 337, 347, 348, 350, 352, 363, 364, 365, 392, 393, 396, 397, 398, 399, 401, 402, 406, 412, 413, 417, 421, 423,
  425, 427, 431, 432, 437, 438, 447, 448, 449, 450, 452, 453, 454, 455, 456, 458, 459, 460, 461, 462, 463, 467, 471,
  476,
];

const key = testKey('native');
const oddLength = fc.uint8Array({maxLength: 70});

test('any bytes give an answer, the same as that of the oracle', () => {
  fc.assert(
    fc.property(
      fc.oneof(oddLength, fc.constant(key.key.publicKey)),
      fc.uint8Array({minLength: 32, maxLength: 32}),
      fc.oneof(oddLength, fc.uint8Array({minLength: 64, maxLength: 64})),
      (publicKey, digest, signature) => {
        expect(verify(publicKey, digest, signature)).toBe(TEST_PORTS.verify(publicKey, digest, signature));
      },
    ),
    {numRuns: 300},
  );
});

test('good signatures are taken; one flipped bit anywhere is not', () => {
  fc.assert(
    fc.property(fc.uint8Array({minLength: 32, maxLength: 32}), fc.nat(63), fc.nat(7), (digest, at, bit) => {
      const signature = signDigest(key, digest);
      expect(verify(key.key.publicKey, digest, signature)).toBe(true);
      expect(verify(key.key.publicKey, digest, signature.with(at, (signature[at] as number) ^ (1 << bit)))).toBe(false);
      expect(verify(testKey('other').key.publicKey, digest, signature)).toBe(false);
    }),
    {numRuns: 50},
  );
});

test('only 33-byte compressed keys: no uncompressed, no hybrid', () => {
  const digest = sha256Of(Uint8Array.of(1));
  const signature = signDigest(key, digest);
  const uncompressed = secp256k1.Point.fromBytes(key.key.publicKey).toBytes(false);
  expect(verify(uncompressed, digest, signature)).toBe(false);
  expect(verify(uncompressed.with(0, 6 + ((uncompressed[64] as number) & 1)), digest, signature)).toBe(false);
  expect(verify(key.key.publicKey, digest.slice(1), signature)).toBe(false);
});
