import {build} from '@vitalvault/contracts';
import {describe, expect, it} from '@jest/globals';
import {openDetails, sealDetails} from './details.js';
import {generateEncryptionKey} from './encryption-key.js';
import {hpkeOpen, hpkeSeal, hpkeSealFrom} from './hpke.js';
import type {HpkeUse} from './hpke.js';
import {openReleaseBundle, sealReleaseBundle} from './release-bundle.js';
import {seededRandom} from '../testing/seeded-random.js';
import {unwrapEpoch, wrapEpoch} from './wrap.js';
import {WrapBundleSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';

const random = seededRandom('hpke');
const reader = generateEncryptionKey(random);
const other = generateEncryptionKey(random);
const secret = random(32);
const context = random(40);

describe('sealed values', () => {
  it('open for the right key, use and context alone', async () => {
    const sealed = await hpkeSeal('wrap', reader.publicKey, context, secret);
    expect(sealed).toHaveLength(80);
    expect(await hpkeOpen('wrap', reader.privateKey, context, sealed)).toEqual(secret);
    await expect(hpkeOpen('wrap', other.privateKey, context, sealed)).rejects.toMatchObject({code: 'hpke-open'});
    await expect(hpkeOpen('wrap', reader.privateKey, random(40), sealed)).rejects.toMatchObject({code: 'hpke-open'});
    const uses: HpkeUse[] = ['record-key', 'release-key', 'release-rekey', 'release-bundle', 'details'];
    for (const use of uses)
      await expect(hpkeOpen(use, reader.privateKey, context, sealed)).rejects.toMatchObject({code: 'hpke-open'});
  });

  it('do not open with any one bit of them changed, cut or longer', async () => {
    const sealed = await hpkeSeal('wrap', reader.publicKey, context, secret);
    for (let at = 0; at < sealed.length; at += 3) {
      const damaged = sealed.map((byte, i) => (i === at ? byte ^ 4 : byte));
      await expect(hpkeOpen('wrap', reader.privateKey, context, damaged)).rejects.toMatchObject({code: 'hpke-open'});
    }
    for (const length of [0, 31, 47, 79])
      await expect(hpkeOpen('wrap', reader.privateKey, context, sealed.subarray(0, length))).rejects.toMatchObject({
        code: 'hpke-open',
      });
  });

  it('are different every time, and the same only from the same ephemeral bytes', async () => {
    expect(await hpkeSeal('wrap', reader.publicKey, context, secret)).not.toEqual(
      await hpkeSeal('wrap', reader.publicKey, context, secret),
    );
    const sealing = {
      use: 'wrap',
      publicKey: reader.publicKey,
      context,
      plaintext: secret,
      ephemeral: random(32),
    } as const;
    expect(await hpkeSealFrom(sealing)).toEqual(await hpkeSealFrom(sealing));
  });

  it('are not made for a key that is none: short, or of small order', async () => {
    await expect(hpkeSeal('wrap', reader.publicKey.subarray(1), context, secret)).rejects.toMatchObject({
      code: 'bad-key',
    });
    await expect(hpkeSeal('wrap', new Uint8Array(32), context, secret)).rejects.toMatchObject({code: 'bad-key'});
  });
});

describe('wraps', () => {
  const epoch = generateEncryptionKey(random);
  const names = {chainId: 'vv-test', patient: random(20), grantId: random(16), grantee: random(20)};
  const bundle = build(WrapBundleSchema, {...names, version: 1, epochs: []});
  const wrap = () =>
    wrapEpoch({
      context: {...names, typeTag: random(16), epoch: 2},
      typeName: 'omh:heart-rate',
      epochPrivateKey: epoch.privateKey,
      granteePublicKey: reader.publicKey,
      random,
    });

  it('give the epoch key to the grantee of that grant alone', async () => {
    const wrapped = await wrap();
    expect(wrapped.publicKey).toEqual(epoch.publicKey);
    expect(await unwrapEpoch(wrapped, bundle, reader.privateKey)).toEqual(epoch.privateKey);
    await expect(unwrapEpoch(wrapped, bundle, other.privateKey)).rejects.toMatchObject({code: 'hpke-open'});
    await expect(unwrapEpoch({...wrapped, epoch: 3}, bundle, reader.privateKey)).rejects.toMatchObject({
      code: 'hpke-open',
    });
    await expect(unwrapEpoch({...wrapped, typeTag: random(16)}, bundle, reader.privateKey)).rejects.toMatchObject({
      code: 'hpke-open',
    });
    for (const name of ['patient', 'grantId', 'grantee'] as const) {
      await expect(unwrapEpoch(wrapped, {...bundle, [name]: random(16)}, reader.privateKey)).rejects.toMatchObject({
        code: 'hpke-open',
      });
    }
  });

  it('are refused when the private key does not give the published public key', async () => {
    await expect(
      unwrapEpoch({...(await wrap()), publicKey: other.publicKey}, bundle, reader.privateKey),
    ).rejects.toMatchObject({code: 'epoch-key'});
  });
});

describe('release bundles', () => {
  const keys = [random(80), random(80)];
  const about = {chainId: 'vv-test', txId: random(32), organisation: random(20), recordIds: [random(32), random(32)]};

  it('give one inner key per record, in order, to the one-time key of the request', async () => {
    const sealed = await sealReleaseBundle(about, reader.publicKey, keys);
    expect(await openReleaseBundle(about, reader.privateKey, sealed)).toEqual(keys);
    await expect(openReleaseBundle(about, other.privateKey, sealed)).rejects.toMatchObject({code: 'hpke-open'});
    await expect(
      openReleaseBundle({...about, recordIds: about.recordIds.toReversed()}, reader.privateKey, sealed),
    ).rejects.toMatchObject({code: 'hpke-open'});
    await expect(openReleaseBundle({...about, txId: random(32)}, reader.privateKey, sealed)).rejects.toMatchObject({
      code: 'hpke-open',
    });
    await expect(
      openReleaseBundle({...about, organisation: random(20)}, reader.privateKey, sealed),
    ).rejects.toMatchObject({code: 'hpke-open'});
  });

  it('with another number or size of keys are refused', async () => {
    await expect(
      openReleaseBundle(about, reader.privateKey, await sealReleaseBundle(about, reader.publicKey, keys.slice(1))),
    ).rejects.toMatchObject({code: 'count'});
    await expect(
      openReleaseBundle(
        about,
        reader.privateKey,
        await sealReleaseBundle(about, reader.publicKey, [random(80), random(79)]),
      ),
    ).rejects.toMatchObject({code: 'bad-key'});
  });

  it('hold a page of 1,000 records', async () => {
    const many = {...about, recordIds: Array.from({length: 1_000}, () => random(32))};
    const sealed = await sealReleaseBundle(
      many,
      reader.publicKey,
      many.recordIds.map(() => random(80)),
    );
    expect(await openReleaseBundle(many, reader.privateKey, sealed)).toHaveLength(1_000);
  });
});

describe('details of a request', () => {
  it('are for the patient, about one reader', async () => {
    const about = {chainId: 'vv-test', patient: random(20), reader: random(20)};
    const words = new TextEncoder().encode('{"message":"before your visit on Monday"}');
    const {blob, hash} = await sealDetails(about, reader.publicKey, words, random);
    expect(await openDetails(about, reader.privateKey, blob)).toEqual(words);
    expect(hash).toHaveLength(32);
    await expect(openDetails({...about, reader: random(20)}, reader.privateKey, blob)).rejects.toMatchObject({
      code: 'hpke-open',
    });
  });
});
