import {describe, expect, it} from '@jest/globals';
import {createHash} from 'node:crypto';
import {CODE, TRANSIENT_ENTRY_CODES, codeName, codespace} from './codes.js';
import {toHex} from './hex.js';
import {slotOf} from './limits.js';
import {ALG_X25519, TAGS, keyId, taggedHash, taggedHashBy} from './tagged-hash.js';
import {sha256Of} from './sha256.js';

describe('taggedHash', () => {
  it('is SHA-256 over prefix, name, zero byte and the parts, as another implementation computes it', () => {
    const expected = createHash('sha256').update('vitalvault/v1/tx\0').update('ab').update('c').digest('hex');
    expect(toHex(taggedHash('tx', new TextEncoder().encode('a'), new TextEncoder().encode('bc')))).toBe(expected);
  });

  it('gives every name another digest', () => {
    expect(new Set(TAGS.map((tag) => toHex(taggedHash(tag, new Uint8Array())))).size).toBe(TAGS.length);
  });

  it('gives key ids of 20 bytes that depend on the algorithm', () => {
    const publicKey = new Uint8Array(32).fill(7);
    const id = keyId({alg: 1, publicKey});
    expect(id).toHaveLength(20);
    expect(keyId({alg: ALG_X25519, publicKey})).not.toEqual(id);
  });
});

describe('slotOf', () => {
  it('counts whole hours', () => {
    expect([slotOf(3_599), slotOf(3_600), slotOf(7_199n)]).toEqual([0, 1, 1]);
  });
});

describe('result codes', () => {
  it('are frozen: consensus data may only be appended', () => {
    expect(CODE).toEqual({
      ok: 0,
      internal: 1,
      undecodable: 2,
      tooLarge: 3,
      wrongVersion: 4,
      wrongChain: 5,
      invalidField: 6,
      wrongSigners: 7,
      badSignature: 8,
      expired: 20,
      expiryTooFar: 21,
      unknownKey: 22,
      nonceUsed: 23,
      nonceTooFar: 24,
      quota: 25,
      notAuthorised: 26,
      stateFull: 27,
      ceiling: 28,
      exists: 40,
      unknownIdentity: 41,
      suspended: 42,
      keyTaken: 43,
      keySuccession: 44,
      epochOrder: 60,
      epochSlot: 61,
      epochSignature: 62,
      epochKey: 63,
      unknownDevice: 80,
      deviceTaken: 81,
      deviceRemoved: 82,
      grantVersion: 100,
      grantRevoked: 101,
      unknownGrantee: 102,
      entryUndecodable: 120,
      entrySignature: 121,
      entryDuplicate: 122,
      entryWindow: 123,
      entryFutureSlot: 124,
      entryTag: 125,
      entryEpoch: 126,
      entryReleaseKey: 127,
      entryQuota: 128,
      entrySlot: 129,
      entryForgotten: 130,
    });
  });

  it('are distinct, named and in a codespace', () => {
    const codes = Object.values(CODE);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codeName(23)).toBe('nonceUsed');
    expect(codeName(9_999)).toBe('code-9999');
    expect(codes.map(codespace)).toEqual(
      expect.arrayContaining(['tx', 'common', 'identity', 'epoch', 'device', 'grant', 'anchor']),
    );
    for (const code of TRANSIENT_ENTRY_CODES) expect(['anchor', 'common']).toContain(codespace(code));
  });
});

// Short inputs share memory: what was hashed before must leave nothing behind, and a long one has its own.
it.each([5_000, 1_100, 1_012, 1_011, 900, 40, 0])('parts of %d bytes are hashed behind the tag', (length) => {
  const part = Uint8Array.from({length}, (_, i) => (i * 11 + length) % 256);
  const expected = sha256Of(Uint8Array.of(...new TextEncoder().encode('vitalvault/v1/tx\0'), ...part, ...part));
  expect(taggedHash('tx', part, part)).toEqual(expected);
  expect(taggedHashBy(sha256Of, 'tx', part, part)).toEqual(expected);
});
