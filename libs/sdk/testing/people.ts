import {LIMITS, decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {RegisterDeviceResultSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {seededRandom} from '@vitalvault/envelope/testing';
import {testOrganisation} from '@vitalvault/ledger-state/testing';
import {Clinician} from '../src/clinician/clinician.js';
import {createMemberKeys, memberRequest} from '../src/clinician/member-keys.js';
import {joinOrganisation} from '../src/clinician/membership.js';
import {acceptDeviceConfig} from '../src/device/device-config.js';
import {endorseRegistration} from '../src/device/device-registration.js';
import {MemoryDeviceStores} from '../src/device/device-stores.js';
import {Device} from '../src/device/device.js';
import {newSigningKey} from '../src/keys/stored-key.js';
import type {StoredKey} from '../src/keys/stored-key.js';
import {MemoryNonceStore} from '../src/ledger/nonce-store.js';
import {decodePart, txOfPart} from '../src/ledger/part.js';
import {submit} from '../src/ledger/transactions.js';
import {VerifiedLedger} from '../src/ledger/verified-ledger.js';
import {HEART_RATE, heartRateReading} from '../src/open-mhealth/heart-rate.js';
import type {Reading} from '../src/open-mhealth/heart-rate.js';
import {Organisation} from '../src/organisation/organisation.js';
import {enrol, enrolmentRequest} from '../src/patient/enrolment.js';
import {PatientContext} from '../src/patient/patient-context.js';
import {PatientGrants} from '../src/patient/patient-grants.js';
import {createPatientKeys} from '../src/patient/patient-keys.js';
import {PatientLog} from '../src/patient/patient-log.js';
import {Patient} from '../src/patient/patient.js';
import {MemoryPlatform} from './memory-platform.js';

const office = testOrganisation('hospital');
export const HOSPITAL = toHex(office.id);
const sponsorKey: StoredKey = {
  alg: 1,
  publicKey: toHex(office.sponsor.key.publicKey),
  privateKey: toHex(office.sponsor.privateKey),
};

/** Sixty readings a minute apart, from the start of a slot on. */
export function readingsOf(slot: number, count: number, note?: string): Reading[] {
  const random = seededRandom(`readings ${slot}`);
  return Array.from({length: count}, (_, i) =>
    heartRateReading(
      {timeMs: (slot * LIMITS.slotSeconds + i * 30) * 1_000, beatsPerMinute: 60 + (i % 40), note},
      0,
      random,
    ),
  );
}

/** A patient with a device and a clinician, all of them real and enrolled on a platform in memory. */
export async function people() {
  const platform = new MemoryPlatform();
  const random = seededRandom('people');
  const ledger = new VerifiedLedger({api: platform.api(random), genesis: platform.chain.genesisText});
  const organisation = new Organisation({
    organisation: HOSPITAL,
    key: sponsorKey,
    ledger,
    nonces: new MemoryNonceStore(),
  });
  const slot = await ledger.slot();

  const keys = createPatientKeys(random);
  await enrol(keys, ledger, await organisation.sponsor(enrolmentRequest(keys)));
  const context = new PatientContext({keys, ledger, nonces: new MemoryNonceStore(), save: () => Promise.resolve()});
  const patient = new Patient(context);
  await patient.publishEpochs([HEART_RATE], slot - 1_000);

  const deviceKey = newSigningKey(random);
  const {part, owner, pairedKey, fromSlot} = endorseRegistration(
    await patient.registerDevice({deviceKey, typeNames: [HEART_RATE], deviceClass: 'wearable', fromSlot: slot - 1_000}),
    deviceKey,
  );
  const registered = await submit(ledger, txOfPart(decodePart(part)));
  const {registration} = decodeCanonical(RegisterDeviceResultSchema, registered.data);
  const configText = await patient.deviceConfig({
    registration,
    typeNames: [HEART_RATE],
    custodians: [HOSPITAL],
    gateways: ['http://ingest'],
  });
  const {config} = acceptDeviceConfig(configText, {chainId: ledger.chainId, owner, pairedKey});
  const stores = new MemoryDeviceStores();
  const device = new Device({key: deviceKey, config, ledger, stores, fromSlot});

  const memberKeys = createMemberKeys(random);
  await joinOrganisation(
    memberKeys,
    ledger,
    await organisation.endorse({
      request: memberRequest(memberKeys),
      name: 'Dr. Ada',
      title: 'Cardiologist',
      role: 'physician',
    }),
  );
  const clinician = new Clinician({keys: memberKeys, ledger, nonces: new MemoryNonceStore()});
  const terms = {
    grantee: memberKeys.member,
    types: [HEART_RATE],
    purposes: ['TREAT' as const],
    accessFromSlot: slot - 1,
    accessToSlot: slot + 24,
    dataFromSlot: slot - 100,
    dataToSlot: slot,
  };
  return {
    platform,
    random,
    ledger,
    organisation,
    slot,
    keys,
    context,
    patient,
    grants: new PatientGrants(context),
    log: new PatientLog(context),
    deviceKey,
    configText,
    owner,
    pairedKey,
    config,
    stores,
    device,
    memberKeys,
    clinician,
    terms,
    patientId: fromHex(keys.patient),
  };
}

export type People = Awaited<ReturnType<typeof people>>;
