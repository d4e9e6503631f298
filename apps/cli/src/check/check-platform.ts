import {decodeCanonical, toHex} from '@vitalvault/contracts';
import {RegisterDeviceResultSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {
  Clinician,
  Device,
  HEART_RATE,
  MemoryDeviceStores,
  MemoryNonceStore,
  Patient,
  PatientContext,
  PatientGrants,
  acceptDeviceConfig,
  createMemberKeys,
  createPatientKeys,
  decodePart,
  deviceIdOf,
  endorseRegistration,
  enrol,
  enrolmentRequest,
  heartRateOf,
  heartRateReading,
  joinOrganisation,
  memberRequest,
  newSigningKey,
  submit,
  txOfPart,
} from '@vitalvault/sdk';
import {lookAtLedger} from './look-at-platform.js';
import type {LedgerToSee} from './look-at-platform.js';
import type {AccessTicket, Organisation, Reading, VerifiedLedger} from '@vitalvault/sdk';
import {expected} from './checklist.js';
import type {Checklist} from './checklist.js';

/** What is checked, and by whose right. */
export interface PlatformToCheck extends LedgerToSee {
  /** Sponsors the throw-away patient and vouches for the throw-away member. */
  office: Organisation;
  ingestUrl: string;
}

const READINGS = 8;
const APART_MS = 5_000;
const ANCHOR_PATIENCE_MS = 20_000;
const SOURCE = 'vv check: synthetic, no person';

/**
 * One reading's way in and out, with identities that are made for it and given up at the end: nothing real is touched.
 * Ends at the first sentence that does not hold, and tidies up even then.
 * @throws CheckFailed
 */
export async function checkPlatform(list: Checklist, platform: PlatformToCheck): Promise<void> {
  const slot = await lookAtLedger(list, platform);
  const patient = await list.hold('a throw-away patient is enrolled and publishes her keys', () =>
    enrolledPatient(platform, slot),
  );
  const member = await list.hold('a throw-away member joins the organisation', () => joinedMember(platform));
  try {
    await withDevice(list, platform, {...patient, ...member, slot});
  } finally {
    await list.hold('the throw-away member is suspended', () => platform.office.suspend(member.memberId));
  }
}

interface People extends Awaited<ReturnType<typeof enrolledPatient>>, Awaited<ReturnType<typeof joinedMember>> {
  slot: number;
}

async function withDevice(list: Checklist, platform: PlatformToCheck, people: People): Promise<void> {
  const {device, deviceId} = await list.hold('her device is registered and configured', () =>
    registeredDevice(platform, people),
  );
  try {
    const sent = syntheticReadings(platform.ledger);
    await list.hold(`${READINGS} synthetic readings are accepted, stored and anchored`, async () => {
      const outcomes = await device.post(await device.seal(HEART_RATE, sent));
      const refused = outcomes.find((outcome) => outcome.status === 'refused');
      if (refused?.status === 'refused') throw refused.error;
      await device.settleAll(ANCHOR_PATIENCE_MS);
    });
    await readThem(list, people, sent);
  } finally {
    await list.hold('the device is removed', () => people.patient.removeDevice(deviceId));
  }
}

async function readThem(
  list: Checklist,
  {grants, clinician, patientId, memberId, slot}: People,
  sent: readonly Reading[],
): Promise<void> {
  const request = (grantId?: string): Promise<AccessTicket> =>
    clinician.requestAccess({
      patient: patientId,
      ...(grantId === undefined ? {} : {grantId, typeName: HEART_RATE}),
      slotFrom: slot - 1,
      slotTo: slot + 1,
      purpose: 'TREAT',
    });
  await list.hold('before a grant, the member is refused', async () => {
    expected(!(await request()).permit, 'permitted');
  });
  const {grantId} = await list.hold('the patient grants', () =>
    grants.put({
      grantee: memberId,
      types: [HEART_RATE],
      purposes: ['TREAT'],
      accessFromSlot: slot - 1,
      accessToSlot: slot + 2,
      dataFromSlot: slot - 1,
      dataToSlot: slot + 1,
    }),
  );
  const {typeTag} = await list.hold('the member reads, and what she opens equals what was sent', async () => {
    const ticket = await request(grantId);
    expected(ticket.permit, 'refused');
    const {records, findings} = await clinician.fetch(ticket);
    expected(findings.length === 0, findings.map(({kind, detail}) => `${kind}: ${detail}`).join('; '));
    expected(
      asText(records.flatMap(({readings}) => readings)) === asText(sent.map(({text}) => text)),
      'other readings',
    );
    return ticket;
  });
  await list.hold('the patient revokes', () => grants.revoke(grantId));
  await list.hold('after the revocation, the member is refused', async () => {
    // By the tag that the grant told her: the name went with the grant.
    const ticket = await clinician.requestAccess({
      patient: patientId,
      grantId,
      typeTag,
      slotFrom: slot - 1,
      slotTo: slot + 1,
      purpose: 'TREAT',
    });
    expected(!ticket.permit, 'permitted');
  });
}

async function enrolledPatient({ledger, office}: PlatformToCheck, slot: number) {
  const keys = createPatientKeys(ledger.api.environment.random);
  await enrol(keys, ledger, await office.sponsor(enrolmentRequest(keys)));
  // Kept nowhere: nobody needs these keys when the check is over.
  const context = new PatientContext({keys, ledger, nonces: new MemoryNonceStore(), save: () => Promise.resolve()});
  const patient = new Patient(context);
  await patient.publishEpochs([HEART_RATE], slot - 1);
  return {patient, grants: new PatientGrants(context), patientId: keys.patient};
}

async function joinedMember({ledger, office}: PlatformToCheck) {
  const keys = createMemberKeys(ledger.api.environment.random);
  await joinOrganisation(
    keys,
    ledger,
    await office.endorse({request: memberRequest(keys), name: 'vv check', title: 'test', role: 'auditor'}),
  );
  return {memberId: keys.member, clinician: new Clinician({keys, ledger, nonces: new MemoryNonceStore()})};
}

async function registeredDevice(
  {ledger, ingestUrl}: PlatformToCheck,
  {patient, slot}: People,
): Promise<{device: Device; deviceId: string}> {
  const key = newSigningKey(ledger.api.environment.random);
  const {part, owner, pairedKey} = endorseRegistration(
    await patient.registerDevice({
      deviceKey: key,
      typeNames: [HEART_RATE],
      deviceClass: 'wearable',
      fromSlot: slot - 1,
    }),
    key,
  );
  const {registration} = decodeCanonical(
    RegisterDeviceResultSchema,
    (await submit(ledger, txOfPart(decodePart(part)))).data,
  );
  const text = await patient.deviceConfig({
    registration,
    typeNames: [HEART_RATE],
    custodians: [toHex(ledger.api.organisation)],
    gateways: [ingestUrl],
  });
  const stores = new MemoryDeviceStores();
  const {config} = acceptDeviceConfig(text, {chainId: ledger.chainId, owner, pairedKey});
  return {deviceId: deviceIdOf(key), device: new Device({key, config, ledger, stores})};
}

function syntheticReadings({api}: VerifiedLedger): Reading[] {
  const {random, now} = api.environment;
  const from = now() - READINGS * APART_MS;
  return Array.from(random(READINGS), (byte, i) =>
    heartRateReading({timeMs: from + i * APART_MS, beatsPerMinute: 50 + (byte % 80), source: SOURCE}, now(), random),
  );
}

function asText(points: readonly string[]): string {
  return points
    .map(heartRateOf)
    .sort((a, b) => a.timeMs - b.timeMs)
    .map(({timeMs, beatsPerMinute}) => `${timeMs}:${beatsPerMinute}`)
    .join(' ');
}
