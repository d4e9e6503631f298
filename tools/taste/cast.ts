import {toHex} from '@vitalvault/contracts';
import {testOrganisation} from '@vitalvault/ledger-state/testing';
import {
  Clinician,
  MemoryNonceStore,
  Organisation,
  Patient,
  PatientContext,
  PatientGrants,
  PatientLog,
  VerifiedLedger,
  createMemberKeys,
  createPatientKeys,
  enrol,
  enrolmentRequest,
  joinOrganisation,
  memberRequest,
  systemEnvironment,
} from '@vitalvault/sdk';
import type {PatientKeys} from '@vitalvault/sdk';
import {HOSPITAL, MemoryPlatform} from '@vitalvault/sdk/testing';

/** Fresh randomness: each run has other keys. */
export const {random} = systemEnvironment();

/** Somebody whose keys the hospital's office sponsored: all that her phone does. */
async function enrolled(ledger: VerifiedLedger, office: Organisation) {
  const keys: PatientKeys = createPatientKeys(random);
  await enrol(keys, ledger, await office.sponsor(enrolmentRequest(keys)));
  const context = new PatientContext({keys, ledger, nonces: new MemoryNonceStore(), save: () => Promise.resolve()});
  return {keys, patient: new Patient(context), grants: new PatientGrants(context), log: new PatientLog(context)};
}

/** Who plays: a platform in memory, a hospital's office, a patient, her clinician and a stranger. */
export async function cast() {
  const platform = new MemoryPlatform();
  const ledger = new VerifiedLedger({api: platform.api(random), genesis: platform.chain.genesisText});
  const {sponsor} = testOrganisation('hospital');
  const office = new Organisation({
    organisation: HOSPITAL,
    key: {alg: 1, publicKey: toHex(sponsor.key.publicKey), privateKey: toHex(sponsor.privateKey)},
    ledger,
    nonces: new MemoryNonceStore(),
  });
  const memberKeys = createMemberKeys(random);
  const endorsement = await office.endorse({
    request: memberRequest(memberKeys),
    name: 'Dr. Ada',
    title: 'Cardiologist',
    role: 'physician',
  });
  await joinOrganisation(memberKeys, ledger, endorsement);
  return {
    platform,
    ledger,
    slot: await ledger.slot(),
    her: await enrolled(ledger, office),
    stranger: await enrolled(ledger, office),
    clinician: new Clinician({keys: memberKeys, ledger, nonces: new MemoryNonceStore()}),
    memberKeys,
  };
}

export type Cast = Awaited<ReturnType<typeof cast>>;
