import {describe, expect, it} from '@jest/globals';
import {secp256k1} from '@noble/curves/secp256k1.js';
import {fromHex, sha256Of} from '@vitalvault/contracts';
import {verifyDigest} from './signing.js';
import {wycheproof} from '../testing/wycheproof.js';
import type {WycheproofCase} from '../testing/wycheproof.js';

/** Valid in the file, refused by us, each because its s is above n/2 (docs/protocol.md §1.3). */
const HIGH_S = {
  'ecdsa_secp256k1_sha256_p1363_test.json': [
    1, 62, 63, 64, 66, 67, 68, 70, 72, 74, 75, 76, 78, 81, 83, 85, 87, 88, 89, 90, 95, 96, 97, 100, 102, 112, 113, 115,
    117, 134, 135, 136, 167, 168, 171, 172, 173, 174, 176, 177, 181, 187, 188, 192, 196, 198, 200, 202, 206, 207, 212,
    213, 221, 222, 226, 227, 228, 229, 231, 232, 233, 234, 235, 237, 238, 239, 240, 241, 242, 243, 247, 252,
  ],
  'ecdsa_secp256k1_sha256_test.json': [
    1, 2, 5, 297, 298, 299, 301, 302, 303, 305, 307, 309, 310, 311, 313, 316, 318, 320, 322, 323, 324, 325, 330, 331,
    332, 335, 337, 347, 348, 350, 352, 363, 364, 365, 392, 393, 396, 397, 398, 399, 401, 402, 406, 412, 413, 417, 421,
    423, 425, 427, 431, 432, 437, 438, 447, 448, 449, 450, 452, 453, 454, 455, 456, 458, 459, 460, 461, 462, 463, 467,
    471, 476,
  ],
};

const HALF = secp256k1.Point.CURVE().n >> 1n;

function publicKey({group}: WycheproofCase): Uint8Array {
  const {uncompressed} = group['publicKey'] as unknown as {uncompressed: string};
  return secp256k1.Point.fromHex(uncompressed).toBytes(true);
}

/**
 * DER as the file has it → r || s; undefined when it is no strict DER: such bytes cannot even be carried as 64 bytes.
 */
function compact(der: Uint8Array): Uint8Array | undefined {
  try {
    return secp256k1.Signature.fromBytes(der, 'der').toBytes('compact');
  } catch {
    return undefined;
  }
}

function accepted(
  file: string,
  carry: (signature: Uint8Array) => Uint8Array | undefined,
): {wronglyAccepted: number[]; refusedThoughValid: number[]} {
  const wronglyAccepted: number[] = [];
  const refusedThoughValid: number[] = [];
  for (const test of wycheproof(file)) {
    const signature = carry(fromHex(String(test['sig'])));
    const ok =
      signature !== undefined && verifyDigest(publicKey(test), sha256Of(fromHex(String(test['msg']))), signature);
    if (ok && test.result !== 'valid') wronglyAccepted.push(test.tcId);
    if (!ok && test.result === 'valid') refusedThoughValid.push(test.tcId);
  }
  return {wronglyAccepted, refusedThoughValid};
}

describe('ES256K on Wycheproof', () => {
  it('P1363: accepts nothing invalid, refuses of the valid only the listed high-S cases', () => {
    const file = 'ecdsa_secp256k1_sha256_p1363_test.json';
    const {wronglyAccepted, refusedThoughValid} = accepted(file, (signature) => signature);
    expect(wronglyAccepted).toEqual([]);
    expect(refusedThoughValid).toEqual(HIGH_S[file]);
  });

  it('DER, carried as 64 bytes: the same', () => {
    const file = 'ecdsa_secp256k1_sha256_test.json';
    const {wronglyAccepted, refusedThoughValid} = accepted(file, compact);
    expect(wronglyAccepted).toEqual([]);
    expect(refusedThoughValid).toEqual(HIGH_S[file]);
  });

  it('bitcoin (low-S as ours): agrees with every case', () => {
    expect(accepted('ecdsa_secp256k1_sha256_bitcoin_test.json', compact)).toEqual({
      wronglyAccepted: [],
      refusedThoughValid: [],
    });
  });

  it('lists as refused exactly what has a high s', () => {
    const listed = wycheproof('ecdsa_secp256k1_sha256_p1363_test.json').filter(({tcId}) =>
      HIGH_S['ecdsa_secp256k1_sha256_p1363_test.json'].includes(tcId),
    );
    for (const {sig} of listed) expect(BigInt(`0x${String(sig).slice(64)}`) > HALF).toBe(true);
  });
});
