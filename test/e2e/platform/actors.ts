import {decodeCanonical} from '@vitalvault/contracts';
import {RegisterDeviceResultSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {DeviceConfig} from '@vitalvault/contracts/gen/record/v1/record';
import {
  ApiClient,
  Clinician,
  Device,
  HEART_RATE,
  MemoryDeviceStores,
  MemoryNonceStore,
  Organisation,
  Patient,
  PatientContext,
  PatientGrants,
  PatientLog,
  Transactions,
  VerifiedLedger,
  acceptDeviceConfig,
  createMemberKeys,
  createPatientKeys,
  decodePart,
  endorseRegistration,
  enrol,
  enrolmentRequest,
  heartRateReading,
  joinOrganisation,
  memberRequest,
  newSigningKey,
  submit,
  systemEnvironment,
  txOfPart,
} from '@vitalvault/sdk';
import type {MemberKeys, PatientKeys, Reading, StoredKey} from '@vitalvault/sdk';
import {eventually} from '@vitalvault/testkit';
import type {Platform} from './platform.js';

export const {random} = systemEnvironment();

/** An organisation's office, and the ledger as its people see it. */
export interface Office {
  platform: Platform;
  ledger: VerifiedLedger;
  organisation: Organisation;
}

export interface PatientActor {
  keys: PatientKeys;
  ledger: VerifiedLedger;
  patient: Patient;
  grants: PatientGrants;
  log: PatientLog;
}

export interface ClinicianActor {
  keys: MemberKeys;
  clinician: Clinician;
}

export interface DeviceActor {
  key: StoredKey;
  config: DeviceConfig;
  device: Device;
}

/** @param attempts how often a busy or absent service is asked; 1 shows its first answer */
export function ledgerOf(platform: Platform, attempts = 6): VerifiedLedger {
  return new VerifiedLedger({
    api: new ApiClient({endpoints: platform.endpoints.services, organisation: platform.organisation, attempts}),
    genesis: platform.genesis,
  });
}

export async function openOffice(platform: Platform): Promise<Office> {
  const ledger = ledgerOf(platform);
  // The sponsor's key is used by one spec after the other: each goes on where the ledger stands.
  const used = await new Transactions({
    ledger,
    signer: platform.sponsor,
    nonces: new MemoryNonceStore(),
  }).highestNonce();
  const organisation = new Organisation({
    organisation: platform.organisation,
    key: platform.sponsor,
    ledger,
    nonces: new MemoryNonceStore(used),
  });
  return {platform, ledger, organisation};
}

/** A patient on the ledger, with a first epoch of heart rate from `fromSlot` on. */
export async function enrolPatient({ledger, organisation}: Office, fromSlot: number): Promise<PatientActor> {
  const keys = createPatientKeys(random);
  await enrol(keys, ledger, await organisation.sponsor(enrolmentRequest(keys)));
  const context = new PatientContext({keys, ledger, nonces: new MemoryNonceStore(), save: () => Promise.resolve()});
  const patient = new Patient(context);
  await patient.publishEpochs([HEART_RATE], fromSlot);
  return {keys, ledger, patient, grants: new PatientGrants(context), log: new PatientLog(context)};
}

/**
 * A physician of the organisation; her requests to storage and policy are sent once, so that tests see the first
 * answer.
 */
export async function enrolClinician({platform, ledger, organisation}: Office): Promise<ClinicianActor> {
  const keys = createMemberKeys(random);
  await joinOrganisation(
    keys,
    ledger,
    await organisation.endorse({
      request: memberRequest(keys),
      name: 'Dr. Ada',
      title: 'Cardiologist',
      role: 'physician',
    }),
  );
  return {keys, clinician: new Clinician({keys, ledger: ledgerOf(platform, 1), nonces: new MemoryNonceStore()})};
}

/** A wearable with both signatures and its signed configuration. */
export async function registerDevice(
  {platform, ledger}: Office,
  {patient}: PatientActor,
  fromSlot: number,
): Promise<DeviceActor> {
  const key = newSigningKey(random);
  const half = await patient.registerDevice({
    deviceKey: key,
    typeNames: [HEART_RATE],
    deviceClass: 'wearable',
    fromSlot,
  });
  const {part, owner, pairedKey} = endorseRegistration(half, key);
  const {registration} = decodeCanonical(
    RegisterDeviceResultSchema,
    (await submit(ledger, txOfPart(decodePart(part)))).data,
  );
  const signed = await patient.deviceConfig({
    registration,
    typeNames: [HEART_RATE],
    custodians: [platform.organisation],
    gateways: [platform.endpoints.services.ingest],
  });
  const {config} = acceptDeviceConfig(signed, {chainId: ledger.chainId, owner, pairedKey});
  const stores = new MemoryDeviceStores();
  return {key, config, device: new Device({key, config, ledger, stores})};
}

/** Readings of one hour, half a minute apart. */
export function readingsOf(slot: number, count: number, note?: string): Reading[] {
  return Array.from({length: count}, (_, i) =>
    heartRateReading(
      {timeMs: (slot * 3_600 + i * 30) * 1_000, beatsPerMinute: 60 + (i % 40), note},
      Date.now(),
      random,
    ),
  );
}

/** Subjects of all of a patient's alerts, as often as they were raised. */
export async function alertSubjects({log}: PatientActor, kind?: string): Promise<string[]> {
  const subjects: string[] = [];
  for (let after = '0'; ;) {
    const page = await log.alerts(after, 100);
    subjects.push(...page.filter((alert) => kind === undefined || alert.kind === kind).map(({subject}) => subject));
    if (page.length === 0) return subjects;
    after = page.at(-1)?.seq ?? after;
  }
}

/** Waits until each of these subjects was alerted, then says how often each was. */
export async function timesAlerted(actor: PatientActor, subjects: readonly string[], kind?: string): Promise<number[]> {
  const count = async (): Promise<number[]> => {
    const all = await alertSubjects(actor, kind);
    return subjects.map((subject) => all.filter((one) => one === subject).length);
  };
  await eventually(
    async () => {
      if ((await count()).includes(0)) throw new Error('an alert is missing');
    },
    30_000,
    300,
  );
  return count();
}

/** Code of the SDK error that a promise ends with; `undefined` when it succeeds. */
export async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
}
