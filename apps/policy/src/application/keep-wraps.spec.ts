import {describe, expect, it} from '@jest/globals';
import {encodeCanonical} from '@vitalvault/contracts';
import type {FieldsOf} from '@vitalvault/contracts';
import {SignedWrapBundleSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import type {WrapBundleSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {signWrapBundle} from '@vitalvault/envelope';
import {PEOPLE, TEST_CHAIN, tag} from '@vitalvault/ledger-state/testing';
import {GRANTS, granted, placeOf} from '../../test/support/granted.js';
import {MemoryDocumentStore} from '../../test/support/memory-document-store.js';
import {KeepWraps} from './keep-wraps.js';

const {patient, clinician, stranger} = PEOPLE;

const epoch = {typeTag: tag(5), typeName: 'x', epoch: 1, publicKey: new Uint8Array(32), sealed: new Uint8Array(80)};
type Change = Partial<FieldsOf<typeof WrapBundleSchema>>;
function bundle(change: Change = {}, signer = patient): Uint8Array {
  const fields = {chainId: TEST_CHAIN, patient: patient.id, grantId: GRANTS.toHer, grantee: clinician.id, version: 2};
  return encodeCanonical(
    SignedWrapBundleSchema,
    signWrapBundle({...fields, epochs: [epoch], ...change}, signer.privateKey),
  );
}

async function harness() {
  const documents = new MemoryDocumentStore();
  return {documents, keep: new KeepWraps({chainId: TEST_CHAIN}, {projection: await granted(), documents})};
}

describe('KeepWraps', () => {
  it('keeps what the patient signed, as she signed it', async () => {
    const {documents, keep} = await harness();
    await keep.execute(placeOf('toHer'), bundle());
    expect(await documents.wraps(placeOf('toHer').patient, placeOf('toHer').grantId)).toEqual({
      version: 2,
      value: bundle(),
    });
  });

  it.each<[string, Uint8Array, string, ReturnType<typeof placeOf>?]>([
    ['of another chain', bundle({chainId: 'another'}), 'another chain'],
    ['for another patient', bundle({patient: stranger.id}), 'for another patient or grant'],
    ['for another grant', bundle({grantId: GRANTS.toHospital}), 'for another patient or grant'],
    ['of version 0', bundle({version: 0}), 'version: counts from 1'],
    ['without epochs', bundle({epochs: []}), 'epochs: 1 to 4096'],
    ['with too many', bundle({epochs: Array.from({length: 4_097}, () => epoch)}), 'epochs: 1 to 4096'],
    ['with a long tag', bundle({epochs: [{...epoch, typeTag: new Uint8Array(17)}]}), 'wrong length'],
    ['with a short key', bundle({epochs: [epoch, {...epoch, publicKey: new Uint8Array(31)}]}), 'wrong length'],
    ['with a long seal', bundle({epochs: [{...epoch, sealed: new Uint8Array(81)}]}), 'wrong length'],
    ['with epoch 0', bundle({epochs: [{...epoch, epoch: 0}]}), 'wrong length'],
    ['for another grantee', bundle({grantee: stranger.id}), 'another grantee'],
    ['for no grant', bundle({grantId: GRANTS.none}), 'no grant stands', placeOf('none')],
    ['for a revoked grant', bundle({grantId: GRANTS.revoked}), 'no grant stands', placeOf('revoked')],
    ['signed by the grantee', bundle({}, clinician), 'not signed by the key'],
  ])('refuses wraps %s and keeps nothing', async (_what, bytes, detail, place = placeOf('toHer')) => {
    const {documents, keep} = await harness();
    await expect(keep.execute(place, bytes)).rejects.toMatchObject({
      code: 'wrap-invalid',
      detail: expect.stringContaining(detail),
    });
    expect(documents.size).toBe(0);
  });

  it.each([
    ['malformed', Uint8Array.of(0xff), placeOf('toHer')],
    ['unknown-field', Uint8Array.from([...bundle(), 0x7a, 0x00]), placeOf('toHer')],
    ['not-found', bundle({patient: stranger.id}, stranger), placeOf('toHer', stranger)],
  ])('refuses with %s', async (code, bytes, place) => {
    const {documents, keep} = await harness();
    await expect(keep.execute(place, bytes)).rejects.toMatchObject({code});
    expect(documents.size).toBe(0);
  });

  it('never takes an older bundle for a newer one, nor another of the same version', async () => {
    const {documents, keep} = await harness();
    const put = (version: number, change: Change = {}) => keep.execute(placeOf('toHer'), bundle({version, ...change}));
    await put(2);
    await put(2);
    await expect(put(2, {epochs: [epoch, epoch]})).rejects.toMatchObject({code: 'wrap-invalid'});
    await expect(put(1)).rejects.toMatchObject({code: 'wrap-invalid'});
    await put(3);
    expect(await documents.wraps(placeOf('toHer').patient, placeOf('toHer').grantId)).toEqual({
      version: 3,
      value: bundle({version: 3}),
    });
  });
});
