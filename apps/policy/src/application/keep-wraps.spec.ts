import {create} from '@bufbuild/protobuf';
import {describe, expect, it} from '@jest/globals';
import {encodeCanonical, toHex} from '@vitalvault/contracts';
import type {FieldsOf} from '@vitalvault/contracts';
import {GrantSchema, MemberSchema, PatientSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {SignedWrapBundleSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import type {WrapBundleSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {signWrapBundle} from '@vitalvault/envelope';
import {PEOPLE, TEST_CHAIN, tag, testKey, testOrganisation} from '@vitalvault/ledger-state/testing';
import type {TestKey} from '@vitalvault/ledger-state/testing';
import {MemoryDocumentStore} from '../testing/memory-document-store.js';
import {projected} from '../testing/projected.js';
import {KeepWraps} from './keep-wraps.js';

const {patient, clinician, stranger} = PEOPLE;
const [colleague, suspended, elsewhere] = ['colleague', 'suspended', 'elsewhere'].map(testKey) as [
  TestKey,
  TestKey,
  TestKey,
];
const [hospital, clinic] = [testOrganisation('hospital'), testOrganisation('clinic')];
/** Grants of the patient by what they are. */
const GRANTS = {toHer: tag(1), toHospital: tag(2), revoked: tag(3), toSuspended: tag(4), none: tag(9)};
const placeOf = (grant: keyof typeof GRANTS, of = patient) => ({patient: toHex(of.id), grantId: toHex(GRANTS[grant])});

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
  const projection = await projected(async (writer) => {
    await writer.putPatient(toHex(patient.id), create(PatientSchema, {signingKey: patient.key}));
    const members: [TestKey, Uint8Array, boolean][] = [
      [clinician, hospital.id, false],
      [colleague, hospital.id, false],
      [suspended, hospital.id, true],
      [elsewhere, clinic.id, false],
    ];
    for (const [member, organisation, isSuspended] of members)
      await writer.putMember(toHex(member.id), create(MemberSchema, {organisation, suspended: isSuspended}));
    const grants: [keyof typeof GRANTS, Uint8Array, boolean][] = [
      ['toHer', clinician.id, false],
      ['toHospital', hospital.id, false],
      ['revoked', clinician.id, true],
      ['toSuspended', suspended.id, false],
    ];
    for (const [index, [name, grantee, revoked]] of grants.entries())
      await writer.putGrant({...placeOf(name), height: 1n, index}, create(GrantSchema, {grantee, revoked}));
  });
  const documents = new MemoryDocumentStore();
  return {documents, keep: new KeepWraps({chainId: TEST_CHAIN}, {projection, documents})};
}

describe('KeepWraps', () => {
  it('keeps what the patient signed, as she signed it', async () => {
    const {documents, keep} = await harness();
    await keep.deposit(placeOf('toHer'), bundle());
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
    await expect(keep.deposit(place, bytes)).rejects.toMatchObject({
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
    await expect(keep.deposit(place, bytes)).rejects.toMatchObject({code});
    expect(documents.size).toBe(0);
  });

  it('never takes an older bundle for a newer one, nor another of the same version', async () => {
    const {keep} = await harness();
    const put = (version: number, change: Change = {}) => keep.deposit(placeOf('toHer'), bundle({version, ...change}));
    await put(2);
    await put(2);
    await expect(put(2, {epochs: [epoch, epoch]})).rejects.toMatchObject({code: 'wrap-invalid'});
    await expect(put(1)).rejects.toMatchObject({code: 'wrap-invalid'});
    await put(3);
    expect(await keep.fetch(placeOf('toHer'), toHex(patient.id))).toEqual(bundle({version: 3}));
  });
});

describe('wraps are given', () => {
  const value = Uint8Array.of(1);

  it.each([
    ['the patient', patient, 'toHer', 'given'],
    ['the grantee', clinician, 'toHer', 'given'],
    ["a member of the grantee's organisation", colleague, 'toHospital', 'given'],
    ['a colleague of the grantee', colleague, 'toHer', 'not-yours'],
    ['a member of another organisation', elsewhere, 'toHospital', 'not-yours'],
    ['a stranger', stranger, 'toHer', 'not-yours'],
    ['a grantee who is suspended', suspended, 'toSuspended', 'not-yours'],
    ["a suspended member of the grantee's organisation", suspended, 'toHospital', 'not-yours'],
    ['the grantee of a revoked grant', clinician, 'revoked', 'not-found'],
    ['the patient, of a revoked grant', patient, 'revoked', 'not-found'],
    ['a member, under an id without a grant', clinician, 'none', 'not-yours'],
  ] as const)('%s: %#', async (_who, caller, grant, expected) => {
    const {documents, keep} = await harness();
    await documents.putWraps({...placeOf(grant), version: 1, value});
    const asked = keep.fetch(placeOf(grant), toHex(caller.id));
    if (expected === 'given') expect(await asked).toBe(value);
    else await expect(asked).rejects.toMatchObject({code: expected});
  });

  it('when there are some', async () => {
    const {keep} = await harness();
    await expect(keep.fetch(placeOf('toHer'), toHex(clinician.id))).rejects.toMatchObject({code: 'not-found'});
  });
});
