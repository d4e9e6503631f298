import {STATE_KIND, decodeCanonical, keyId, toHex} from '@vitalvault/contracts';
import {DeviceSchema, MemberSchema, PatientSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {testKey, testOrganisation} from '@vitalvault/ledger-state/testing';
import type {TestKey, TestLedger} from '@vitalvault/ledger-state/testing';

const SUCCESSORS = 4;
const several = (count: number, name: string): TestKey[] =>
  Array.from({length: count}, (_, n) => testKey(`${name} ${String(n)}`));

/** Everybody who can appear in a block; who they are by now, the ledger says. */
export const CAST = {
  hospital: testOrganisation('hospital'),
  clinic: testOrganisation('clinic'),
  patients: several(4, 'patient'),
  members: several(5, 'member'),
  devices: several(5, 'device'),
  stranger: testKey('stranger'),
} as const;

/** Keys that this one may be replaced by, each once. */
export const successorsOf = (key: TestKey): TestKey[] => several(SUCCESSORS, `successor of ${toHex(key.id)}`);
/** The recovery key of a patient. */
export const recoveryOf = (patient: TestKey): TestKey => testKey(`recovery of ${toHex(patient.id)}`);

const people = [...CAST.patients, ...CAST.members];
export const ALL_KEYS: readonly TestKey[] = [
  ...people,
  ...people.flatMap(successorsOf),
  ...CAST.patients.map(recoveryOf),
  ...CAST.devices,
  CAST.stranger,
];
const byId = new Map(ALL_KEYS.map((key) => [toHex(key.id), key]));

/** The key with which an identity signs now: as the ledger has it, or its first one. */
export function signerOf({state}: TestLedger, person: TestKey): TestKey {
  const patient = state.get(STATE_KIND.patient, [person.id]);
  const member = state.get(STATE_KIND.member, [person.id]);
  const current: SigningKey | undefined =
    patient !== undefined
      ? decodeCanonical(PatientSchema, patient).signingKey
      : member !== undefined
        ? decodeCanonical(MemberSchema, member).signingKey
        : undefined;
  return current === undefined ? person : (byId.get(toHex(keyId(current))) ?? person);
}

export const successionsOf = ({state}: TestLedger, patient: TestKey): number => {
  const found = state.get(STATE_KIND.patient, [patient.id]);
  return found === undefined ? 0 : decodeCanonical(PatientSchema, found).successions;
};

export const registrationOf = ({state}: TestLedger, device: TestKey): number => {
  const found = state.get(STATE_KIND.device, [device.id]);
  return found === undefined ? 0 : decodeCanonical(DeviceSchema, found).registration;
};
