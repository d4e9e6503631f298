import {create} from '@bufbuild/protobuf';
import {describe, expect, it} from '@jest/globals';
import {ORG_ROLE, encodeCanonical, toHex} from '@vitalvault/contracts';
import {incomplete} from '@vitalvault/contracts/testing';
import type {FieldsOf} from '@vitalvault/contracts';
import {MemberSchema, OrganisationKeySchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {SignedMemberProfileSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import type {MemberProfileSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {profileHash, signMemberProfile} from '@vitalvault/envelope';
import {PEOPLE, TEST_CHAIN, testKey, testOrganisation} from '@vitalvault/ledger-state/testing';
import type {TestKey} from '@vitalvault/ledger-state/testing';
import {MemoryDocumentStore} from '../../test/support/memory-document-store.js';
import {projected} from '../../test/support/projected.js';
import {KeepProfile} from './keep-profile.js';

const {clinician, stranger} = PEOPLE;
const [hospital, clinic] = [testOrganisation('hospital'), testOrganisation('clinic')];
const [former, coming] = ['former', 'coming'].map(testKey) as [TestKey, TestKey];
const NOW_SLOT = 10;
const member = toHex(clinician.id);

type Change = Partial<FieldsOf<typeof MemberProfileSchema>>;
function signed(change: Change = {}, signer = hospital.sponsor) {
  const fields = {chainId: TEST_CHAIN, organisation: hospital.id, member: clinician.id, name: 'A', title: 'B'};
  return signMemberProfile({...fields, ...change}, signer.privateKey);
}
const bytesOf = (...given: Parameters<typeof signed>): Uint8Array =>
  encodeCanonical(SignedMemberProfileSchema, signed(...given));

/** The ledger holds the hash of this profile. */
async function harness(committed = signed()) {
  const projection = await projected(
    async (writer) => {
      const keys: [TestKey, Uint8Array, number, number, number][] = [
        [hospital.sponsor, hospital.id, ORG_ROLE.sponsor, NOW_SLOT, NOW_SLOT],
        [hospital.admin, hospital.id, ORG_ROLE.admin, 0, 0],
        [hospital.storage, hospital.id, ORG_ROLE.storage, 0, 0],
        [former, hospital.id, ORG_ROLE.sponsor, 0, NOW_SLOT - 1],
        [coming, hospital.id, ORG_ROLE.sponsor, NOW_SLOT + 1, 0],
        [clinic.sponsor, clinic.id, ORG_ROLE.sponsor, 0, 0],
      ];
      for (const [{id, key}, organisation, role, fromSlot, toSlot] of keys)
        await writer.putOrganisationKey(
          toHex(id),
          create(OrganisationKeySchema, {organisation, role, key, fromSlot, toSlot}),
        );
      await writer.putMember(
        member,
        create(MemberSchema, {organisation: hospital.id, profileHash: profileHash(committed.profile)}),
      );
    },
    BigInt(NOW_SLOT * 3_600),
  );
  const documents = new MemoryDocumentStore();
  return {documents, keep: new KeepProfile({chainId: TEST_CHAIN}, {projection, documents})};
}

describe('KeepProfile', () => {
  it.each([
    ['a sponsor in its slots', hospital.sponsor],
    ['an admin', hospital.admin],
  ])('keeps what %s signed and the ledger holds the hash of', async (_who, signer) => {
    const {documents, keep} = await harness();
    await keep.execute(member, bytesOf({}, signer));
    expect(await documents.profile(member)).toEqual(bytesOf({}, signer));
  });

  it.each([
    ['signed by another role of the organisation', {}, hospital.storage, 'sponsor or admin'],
    ['signed by a key whose time is over', {}, former, 'sponsor or admin'],
    ['signed by a key whose time is to come', {}, coming, 'sponsor or admin'],
    ["signed by another organisation's sponsor", {}, clinic.sponsor, 'sponsor or admin'],
    ['signed by herself', {}, clinician, 'sponsor or admin'],
    ['of another chain', {chainId: 'another'}, hospital.sponsor, 'of another chain'],
    ['of another member', {member: stranger.id}, hospital.sponsor, 'of another chain'],
    ['of another organisation', {organisation: clinic.id}, hospital.sponsor, 'of another chain'],
  ])('refuses one %s, though the ledger holds its hash', async (_what, change, signer, detail) => {
    const {documents, keep} = await harness(signed(change, signer));
    await expect(keep.execute(member, bytesOf(change, signer))).rejects.toMatchObject({
      code: 'invalid-field',
      detail: expect.stringContaining(detail),
    });
    expect(documents.size).toBe(0);
  });

  const unsigned = incomplete(SignedMemberProfileSchema, {profile: signed().profile});
  const crossed = {...signed(), signature: signed({name: 'C'}).signature};

  it.each([
    ['malformed', member, Uint8Array.of(0xff)],
    ['unknown-field', member, Uint8Array.from([...bytesOf(), 0x7a, 0x00])],
    ['not-found', toHex(stranger.id), bytesOf()],
    ['invalid-field', member, bytesOf({name: 'not the one of the hash'})],
    ['invalid-field', member, encodeCanonical(SignedMemberProfileSchema, unsigned)],
    ['invalid-field', member, encodeCanonical(SignedMemberProfileSchema, crossed as never)],
  ])('refuses with %s %#', async (code, who, bytes) => {
    const {documents, keep} = await harness();
    await expect(keep.execute(who, bytes)).rejects.toMatchObject({code});
    expect(documents.size).toBe(0);
  });
});
