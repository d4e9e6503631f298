import {describe, expect, it} from '@jest/globals';
import {gcm} from '@noble/ciphers/aes.js';
import {concatBytes} from '@noble/hashes/utils.js';
import {shake128} from '@noble/hashes/sha3.js';
import {fromHex, toHex} from '@vitalvault/contracts';
import {aeadOpen, aeadSeal} from './aead.js';
import {agree, encryptionPublicKeyOf} from './encryption-key.js';
import {HPKE_SUITE} from './hpke.js';
import {publishedJson, wycheproof} from '../testing/wycheproof.js';
import type {WycheproofCase} from '../testing/wycheproof.js';

const bytes = (test: WycheproofCase, name: string): Uint8Array<ArrayBuffer> => fromHex(String(test[name]));

describe('AES-256-GCM on Wycheproof', () => {
  const all = wycheproof('aes_gcm_test.json');
  const ours = all.filter(
    ({group}) => Number(group['keySize']) === 256 && Number(group['ivSize']) === 96 && Number(group['tagSize']) === 128,
  );

  it('has all cases of our sizes', () => {
    expect(ours).toHaveLength(66);
  });

  it.each(ours.map((test) => [test.tcId, test] as const))('case %d', (_, test) => {
    const sealed = concatBytes(bytes(test, 'iv'), bytes(test, 'ct'), bytes(test, 'tag'));
    if (test.result === 'valid') {
      expect(aeadOpen(bytes(test, 'key'), sealed, bytes(test, 'aad'))).toEqual(bytes(test, 'msg'));
      expect(
        aeadSeal({
          key: bytes(test, 'key'),
          nonce: bytes(test, 'iv'),
          aad: bytes(test, 'aad'),
          plaintext: bytes(test, 'msg'),
        }),
      ).toEqual(sealed);
    } else {
      expect(() => aeadOpen(bytes(test, 'key'), sealed, bytes(test, 'aad'))).toThrow();
    }
  });

  it('reads the other key sizes of the file too: the primitive itself is right', () => {
    for (const test of all.filter(({group, result}) => Number(group['ivSize']) === 96 && result === 'valid')) {
      expect(
        gcm(bytes(test, 'key'), bytes(test, 'iv'), bytes(test, 'aad')).decrypt(
          concatBytes(bytes(test, 'ct'), bytes(test, 'tag')),
        ),
      ).toEqual(bytes(test, 'msg'));
    }
  });
});

describe('X25519 on Wycheproof', () => {
  const cases = wycheproof('x25519_test.json');
  const isZero = (test: WycheproofCase): boolean => /^0+$/.test(String(test['shared']));

  it('gives the shared secret of every case; an all-zero one (acceptable in the file) is refused', () => {
    const refused = cases
      .filter((test) => agree(bytes(test, 'private'), bytes(test, 'public')) === null)
      .map(({tcId}) => tcId);
    expect(refused).toEqual(cases.filter(isZero).map(({tcId}) => tcId));
    expect(refused).toHaveLength(31);
    for (const test of cases.filter((one) => !isZero(one)))
      expect(toHex(agree(bytes(test, 'private'), bytes(test, 'public')) ?? new Uint8Array())).toBe(test['shared']);
  });

  it("agrees with the platform's WebCrypto, which HPKE runs on", async () => {
    for (const test of cases) {
      const privateKey = await HPKE_SUITE.kem.deserializePrivateKey(bytes(test, 'private').buffer);
      const publicKey = await crypto.subtle.importKey('raw', bytes(test, 'public'), {name: 'X25519'}, true, []);
      const shared = crypto.subtle.deriveBits({name: 'X25519', public: publicKey}, privateKey as CryptoKey, 256);
      if (isZero(test)) await expect(shared).rejects.toThrow();
      else expect(toHex(new Uint8Array(await shared))).toBe(test['shared']);
    }
  });
});

describe('HKDF-SHA256 on Wycheproof, as HPKE runs it', () => {
  it.each(wycheproof('hkdf_sha256_test.json').map((test) => [test.tcId, test] as const))('case %d', async (_, test) => {
    const okm = HPKE_SUITE.kdf.extractAndExpand(
      bytes(test, 'salt').buffer,
      bytes(test, 'ikm').buffer,
      bytes(test, 'info'),
      Number(test['size']),
    );
    if (test.result === 'valid') expect(toHex(new Uint8Array(await okm))).toBe(test['okm']);
    else await expect(okm).rejects.toThrow();
  });
});

interface HpkeVector {
  mode: number;
  kem_id: number;
  kdf_id: number;
  aead_id: number;
  info: string;
  ikmE: string;
  ikmR: string;
  skRm: string;
  pkRm: string;
  enc: string;
  encryptions_accumulated: string;
}

describe('HPKE base mode on RFC 9180 (X25519, HKDF-SHA256, AES-256-GCM)', () => {
  const vectors = (publishedJson('hpke/rfc9180.json') as HpkeVector[]).filter(
    (v) => v.mode === 0 && v.kem_id === 32 && v.kdf_id === 1 && v.aead_id === 2,
  );
  const buffer = (hex: string): ArrayBuffer => fromHex(hex).buffer;

  it('is in the file', () => {
    expect(vectors).toHaveLength(1);
  });

  it.each(vectors)('derives, encapsulates, seals and opens as published', async (v) => {
    expect(toHex(encryptionPublicKeyOf(fromHex(v.skRm)))).toBe(v.pkRm);
    const derived = await HPKE_SUITE.kem.deriveKeyPair(buffer(v.ikmR));
    expect(toHex(new Uint8Array(await HPKE_SUITE.kem.serializePublicKey(derived.publicKey)))).toBe(v.pkRm);
    const sender = await HPKE_SUITE.createSenderContext({
      recipientPublicKey: await HPKE_SUITE.kem.deserializePublicKey(buffer(v.pkRm)),
      info: buffer(v.info),
      ekm: buffer(v.ikmE),
    });
    const recipient = await HPKE_SUITE.createRecipientContext({
      recipientKey: await HPKE_SUITE.kem.deserializePrivateKey(buffer(v.skRm)),
      enc: buffer(v.enc),
      info: buffer(v.info),
    });
    expect(toHex(new Uint8Array(sender.enc))).toBe(v.enc);
    // The file keeps SHAKE128 of 1,000 messages in a row, each of random length, drawn from SHAKE128 of nothing.
    const source = shake128.create();
    const sink = shake128.create();
    const draw = (): Uint8Array => source.xof(source.xof(1)[0] ?? 0);
    for (let i = 0; i < 1_000; i++) {
      const aad = draw();
      const plaintext = draw();
      const sealed = await sender.seal(Uint8Array.from(plaintext).buffer, Uint8Array.from(aad).buffer);
      sink.update(new Uint8Array(sealed));
      if (i < 50) expect(new Uint8Array(await recipient.open(sealed, Uint8Array.from(aad).buffer))).toEqual(plaintext);
    }
    expect(toHex(sink.xof(16))).toBe(v.encryptions_accumulated);
  });
});
