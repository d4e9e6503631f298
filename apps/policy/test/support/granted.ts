import {create} from '@bufbuild/protobuf';
import {toHex} from '@vitalvault/contracts';
import {GrantSchema, MemberSchema, PatientSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {PEOPLE, tag, testKey, testOrganisation} from '@vitalvault/ledger-state/testing';
import type {TestKey} from '@vitalvault/ledger-state/testing';
import type {MemoryProjectionStore} from './memory-projection-store.js';
import {projected} from './projected.js';

const {patient, clinician} = PEOPLE;
const [hospital, clinic] = [testOrganisation('hospital'), testOrganisation('clinic')];

/** Members beside the clinician: one of her hospital, one who is suspended there, one of a clinic. */
export const MEMBERS = {
  colleague: testKey('colleague'),
  suspended: testKey('suspended'),
  elsewhere: testKey('elsewhere'),
};

/** Ids of the patient's grants by what they are; there is no grant `none`. */
export const GRANTS = {toHer: tag(1), toHospital: tag(2), revoked: tag(3), toSuspended: tag(4), none: tag(9)};

export const placeOf = (grant: keyof typeof GRANTS, of = patient): {patient: string; grantId: string} => ({
  patient: toHex(of.id),
  grantId: toHex(GRANTS[grant]),
});

/** A projection of the patient, the members and the grants. */
export async function granted(): Promise<MemoryProjectionStore> {
  return projected(async (writer) => {
    await writer.putPatient(toHex(patient.id), create(PatientSchema, {signingKey: patient.key}));
    const members: [TestKey, Uint8Array, boolean][] = [
      [clinician, hospital.id, false],
      [MEMBERS.colleague, hospital.id, false],
      [MEMBERS.suspended, hospital.id, true],
      [MEMBERS.elsewhere, clinic.id, false],
    ];
    for (const [member, organisation, suspended] of members)
      await writer.putMember(toHex(member.id), create(MemberSchema, {organisation, suspended}));
    const grants: [keyof typeof GRANTS, Uint8Array, boolean][] = [
      ['toHer', clinician.id, false],
      ['toHospital', hospital.id, false],
      ['revoked', clinician.id, true],
      ['toSuspended', MEMBERS.suspended.id, false],
    ];
    for (const [index, [name, grantee, revoked]] of grants.entries())
      await writer.putGrant({...placeOf(name), height: 1n, index}, create(GrantSchema, {grantee, revoked}));
  });
}
