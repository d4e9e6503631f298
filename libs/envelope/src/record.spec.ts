import {describe, expect, it} from '@jest/globals';
import {LIMITS, decodeCanonical, encodeCanonical, sha256Of} from '@vitalvault/contracts';
import {incomplete} from '@vitalvault/contracts/testing';
import {PayloadSchema, RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {openRecord, openSealedKey} from './open-record.js';
import type {RecordToOpen} from './open-record.js';
import {aeadSeal} from './aead.js';
import {hpkeSeal} from './hpke.js';
import {framePayload} from './payload.js';
import {partsOfPosted, recordId, recordIdOfPosted, recordKeyContext, verifyRecord} from './record-id.js';
import {signDigest} from './signing.js';
import {sampleRecord} from '../testing/sample-record.js';
import {seededRandom} from '../testing/seeded-random.js';

const flip = (bytes: Uint8Array, at: number) =>
  bytes.map((byte, i) => (i === (at + bytes.length) % bytes.length ? byte ^ 1 : byte));

describe('a record', () => {
  it('opens to exactly the readings that were sealed', async () => {
    const {toOpen, readings} = await sampleRecord();
    const {header, payload} = await openRecord(toOpen);
    expect(payload.readings).toEqual(readings);
    expect(header.count).toBe(2);
    expect(header.sequence).toBe(7n);
  });

  it('has the sizes of the protocol', async () => {
    const {posted, toOpen} = await sampleRecord();
    expect(posted.ciphertext).toHaveLength(LIMITS.smallestSizeClassBytes);
    expect(posted.sealedKey).toHaveLength(LIMITS.sealedKeyBytes);
    expect(toOpen.innerKey).toHaveLength(LIMITS.innerKeyBytes);
    expect(posted.signature).toHaveLength(64);
  });

  it('does not show its plaintext, nor repeat a key or a nonce', async () => {
    const random = seededRandom('two');
    const first = await sampleRecord('a');
    const second = await sampleRecord(String(random(4)));
    expect(Buffer.from(first.posted.ciphertext).includes('"v":93')).toBe(false);
    expect(first.posted.ciphertext.subarray(0, 12)).not.toEqual(second.posted.ciphertext.subarray(0, 12));
    expect(first.posted.sealedKey).not.toEqual(second.posted.sealedKey);
  });

  it('is signed over every part', async () => {
    const {posted, device} = await sampleRecord();
    const parts = partsOfPosted(posted);
    expect(verifyRecord(device.publicKey, parts, posted.signature)).toBe(true);
    for (const name of ['header', 'ciphertextHash', 'innerKeyHash', 'sealedKeyHash'] as const) {
      expect(verifyRecord(device.publicKey, {...parts, [name]: flip(parts[name], -1)}, posted.signature)).toBe(false);
    }
    expect(recordId(parts)).toEqual(recordIdOfPosted(posted));
  });

  const damages: [string, keyof RecordToOpen, string][] = [
    ['ciphertext', 'ciphertext', 'ciphertext-hash'],
    ['signed ciphertext hash', 'ciphertextHash', 'ciphertext-hash'],
    ['inner key', 'innerKey', 'inner-key-hash'],
    ['signed inner key hash', 'innerKeyHash', 'inner-key-hash'],
    ['sealed key hash', 'sealedKeyHash', 'bad-signature'],
    ['signature', 'signature', 'bad-signature'],
    ['header', 'header', 'bad-signature'],
    ['epoch key', 'epochPrivateKey', 'hpke-open'],
  ];
  it.each(damages)('is refused when its %s was changed', async (_, field, code) => {
    const {toOpen} = await sampleRecord();
    // Not at an end of the epoch key: clamping ignores some bits of its first and last byte.
    await expect(
      openRecord({...toOpen, [field]: flip(toOpen[field], field === 'epochPrivateKey' ? 10 : -1)}),
    ).rejects.toMatchObject({code});
  });

  it('is refused under any other device key', async () => {
    const {toOpen} = await sampleRecord();
    const other = await sampleRecord('other');
    await expect(openRecord({...toOpen, devicePublicKey: other.device.publicKey})).rejects.toMatchObject({
      code: 'bad-signature',
    });
  });

  it('does not open under a header changed and signed again by a colluding device: the header is AAD and HPKE context', async () => {
    const {toOpen, device} = await sampleRecord();
    const header = encodeCanonical(RecordHeaderSchema, {
      ...decodeCanonical(RecordHeaderSchema, toOpen.header),
      slot: 405_001,
    });
    const signature = signDigest(device.privateKey, recordId({...toOpen, header}));
    await expect(openRecord({...toOpen, header, signature})).rejects.toMatchObject({code: 'hpke-open'});
  });

  it('does not take the ciphertext of another record, even signed again by the device', async () => {
    const {toOpen, device} = await sampleRecord();
    const {toOpen: foreign} = await sampleRecord('foreign');
    const mixed = {...toOpen, ciphertext: foreign.ciphertext, ciphertextHash: sha256Of(foreign.ciphertext)};
    await expect(openRecord(mixed)).rejects.toMatchObject({code: 'bad-signature'});
    await expect(
      openRecord({...mixed, signature: signDigest(device.privateKey, recordId(mixed))}),
    ).rejects.toMatchObject({code: 'aead-open'});
  });

  it('is refused when the header counts other than what is inside', async () => {
    const {toOpen, device, epoch} = await sampleRecord();
    // A device that lies in its own header: it has every key that it needs for that.
    const header = encodeCanonical(RecordHeaderSchema, {
      ...decodeCanonical(RecordHeaderSchema, toOpen.header),
      count: 3,
    });
    const random = seededRandom('liar');
    const [dek, nonce] = [random(32), random(12)];
    const ciphertext = aeadSeal({
      key: dek,
      nonce,
      aad: header,
      plaintext: framePayload(incomplete(PayloadSchema, {readings: [random(9), random(9)]})),
    });
    const innerKey = await hpkeSeal('record-key', epoch.publicKey, recordKeyContext(header), dek);
    const lie = {
      ...toOpen,
      header,
      ciphertext,
      innerKey,
      ciphertextHash: sha256Of(ciphertext),
      innerKeyHash: sha256Of(innerKey),
    };
    await expect(openRecord({...lie, signature: signDigest(device.privateKey, recordId(lie))})).rejects.toMatchObject({
      code: 'count',
    });
  });

  it('gives its inner key to the right release key alone, bound to header and hash', async () => {
    const {posted, release} = await sampleRecord();
    const other = await sampleRecord('other');
    await expect(openSealedKey(posted, other.release.privateKey)).rejects.toMatchObject({code: 'hpke-open'});
    await expect(openSealedKey({...posted, header: flip(posted.header, -1)}, release.privateKey)).rejects.toMatchObject(
      {code: 'hpke-open'},
    );
    await expect(
      openSealedKey({...posted, innerKeyHash: flip(posted.innerKeyHash, -1)}, release.privateKey),
    ).rejects.toMatchObject({code: 'hpke-open'});
    await expect(
      openSealedKey({...posted, sealedKey: flip(posted.sealedKey, -1)}, release.privateKey),
    ).rejects.toMatchObject({code: 'hpke-open'});
  });
});
