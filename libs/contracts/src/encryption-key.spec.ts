import {createPrivateKey, createPublicKey, diffieHellman} from 'node:crypto';
import {x25519} from '@noble/curves/ed25519.js';
import {isEncryptionKey} from './encryption-key.js';

const P = 2n ** 255n - 19n;
const HIGH_BIT = 2n ** 255n;
// Of small order, RFC 7748 §6.1 and the usual list: 0, 1, p − 1 and two of order 8; those up to 2^255 that reduce to
// them.
const SMALL = [
  0n,
  1n,
  P - 1n,
  P,
  P + 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
];

const bytesOf = (u: bigint): Uint8Array => Uint8Array.from({length: 32}, (_, i) => Number((u >> BigInt(8 * i)) & 255n));
const privateKey = x25519.utils.randomSecretKey();
const DER = {private: '302e020100300506032b656e04220420', public: '302a300506032b656e032100'};
const der = (prefix: string, key: Uint8Array): Buffer => Buffer.concat([Buffer.from(prefix, 'hex'), key]);
const nodePrivate = createPrivateKey({key: der(DER.private, privateKey), format: 'der', type: 'pkcs8'});

/** Whether OpenSSL agrees on something that is not all zeros: the check of RFC 7748 §6.1, made by somebody else. */
function opensslAgrees(publicKey: Uint8Array): boolean {
  try {
    const other = createPublicKey({key: der(DER.public, publicKey), format: 'der', type: 'spki'});
    return diffieHellman({privateKey: nodePrivate, publicKey: other}).some((byte) => byte !== 0);
  } catch {
    return false;
  }
}

function nobleAgrees(publicKey: Uint8Array): boolean {
  try {
    return x25519.getSharedSecret(privateKey, publicKey).some((byte) => byte !== 0);
  } catch {
    return false;
  }
}

describe('isEncryptionKey', () => {
  test.each(SMALL.flatMap((u) => [u, u + HIGH_BIT]))('refuses %d, to which nobody can seal', (u) => {
    const key = bytesOf(u);
    expect([isEncryptionKey(key), opensslAgrees(key), nobleAgrees(key)]).toEqual([false, false, false]);
  });

  test('agrees with OpenSSL and noble about every other key next to those', () => {
    const near = SMALL.flatMap((u) => [-3n, -2n, -1n, 1n, 2n, 3n].map((step) => u + step)).filter(
      (u) => u >= 0n && u < P && !SMALL.includes(u),
    );
    expect(near.length).toBeGreaterThan(15);
    for (const u of near) {
      const key = bytesOf(u);
      expect([u, isEncryptionKey(key), opensslAgrees(key), nobleAgrees(key)]).toEqual([u, true, true, true]);
    }
  });

  test('whatever it takes, OpenSSL can use: a sweep of bytes, and of one bit away from keys of small order', () => {
    const keys = [
      ...Array.from({length: 256}, (_, byte) => new Uint8Array(32).fill(byte)),
      ...SMALL.flatMap((u) => Array.from({length: 256}, (_, bit) => bytesOf(u ^ (1n << BigInt(bit))))),
      ...Array.from({length: 500}, () => x25519.utils.randomSecretKey()),
    ];
    for (const key of keys) if (isEncryptionKey(key)) expect(opensslAgrees(key)).toBe(true);
    // And what it refuses of them is of no small order only when it is no canonical number.
    for (const key of keys.filter((one) => !isEncryptionKey(one) && opensslAgrees(one))) {
      const u = key.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
      expect(u >= P).toBe(true);
    }
  });

  test('a key has one encoding: not above p, and not with the highest bit', () => {
    for (let more = 0n; more < 19n; more++) expect(isEncryptionKey(bytesOf(P + more))).toBe(false);
    const good = x25519.getPublicKey(privateKey);
    expect(isEncryptionKey(good)).toBe(true);
    expect(isEncryptionKey(good.with(31, (good[31] ?? 0) | 0x80))).toBe(false);
  });

  test('has 32 bytes', () => {
    for (const length of [0, 31, 33, 64]) expect(isEncryptionKey(new Uint8Array(length).fill(9))).toBe(false);
  });

  test('every public key that is made of a private one is taken', () => {
    for (let i = 0; i < 200; i++)
      expect(isEncryptionKey(x25519.getPublicKey(x25519.utils.randomSecretKey()))).toBe(true);
  });
});
