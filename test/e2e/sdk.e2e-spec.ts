import {beforeAll, describe, expect, it} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {LIMITS, ORG_ROLE, decodeCanonical, toHex} from '@vitalvault/contracts';
import {RegisterDeviceResultSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {parseGenesis} from '@vitalvault/light-client';
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
  encodePart,
  endorseRegistration,
  enrol,
  enrolmentRequest,
  heartRateOf,
  heartRateReading,
  joinOrganisation,
  memberRequest,
  newSigningKey,
  signPart,
  submit,
  systemEnvironment,
  txOfPart,
  verifyAccessLog,
} from '@vitalvault/sdk';
import type {AccessTicket, GrantTerms, StoredKey} from '@vitalvault/sdk';
import {runningSystem} from './running-system.js';
import type {RunningSystem} from './running-system.js';

const {random} = systemEnvironment();
/** An hour that the source file has readings of. */
const SLOT = Math.floor(Date.UTC(2016, 3, 1, 7) / 3_600_000);

function sourceReadings(): {timeMs: number; beatsPerMinute: number}[] {
  return readFileSync(join(import.meta.dirname, '../data/wearables/fitbit-heart-rate-5s.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [, time = '', value] = line.split(',');
      return {timeMs: Date.parse(`${time.trim()} UTC`), beatsPerMinute: Number(value)};
    });
}

describe('the SDK on the running platform', () => {
  let system: RunningSystem;
  let ledger: VerifiedLedger;
  let patient: Patient;
  let grants: PatientGrants;
  let log: PatientLog;
  let device: Device;
  let clinician: Clinician;
  let terms: GrantTerms;
  let hospital: string;
  let slot: number;
  const keys = createPatientKeys(random);
  const member = createMemberKeys(random);
  const deviceKey = newSigningKey(random);

  const ask = (grantId: string | undefined, more: object = {}) =>
    clinician.requestAccess({
      patient: keys.patient,
      grantId,
      typeTag: keys.epochs[0]?.typeTag,
      slotFrom: SLOT,
      slotTo: SLOT + 1,
      purpose: 'TREAT',
      ...more,
    });

  beforeAll(async () => {
    system = runningSystem();
    const sponsor = JSON.parse(readFileSync(join(system.data, 'org/0/sponsor.key.json'), 'utf8')) as StoredKey;
    const genesis = parseGenesis(system.genesis);
    hospital = toHex(
      genesis.genesis.organisations.find(({keys: all}) =>
        all.some(
          ({key, role}) => role === ORG_ROLE.sponsor && toHex(key?.publicKey ?? new Uint8Array()) === sponsor.publicKey,
        ),
      )?.id ?? new Uint8Array(),
    );
    ledger = new VerifiedLedger({
      api: new ApiClient({endpoints: system.endpoints.services, organisation: hospital}),
      genesis,
    });
    slot = await ledger.slot();
    // Others may use the same sponsor's key at this very moment: numbers further on, at random.
    const used = await new Transactions({ledger, signer: sponsor, nonces: new MemoryNonceStore()}).highestNonce();
    const office = new Organisation({
      organisation: hospital,
      key: sponsor,
      ledger,
      nonces: new MemoryNonceStore(used + BigInt(random(1)[0] ?? 0)),
    });
    await enrol(keys, ledger, await office.sponsor(enrolmentRequest(keys)));
    await joinOrganisation(
      member,
      ledger,
      await office.endorse({request: memberRequest(member), name: 'Dr. Ada', title: 'Cardiologist', role: 'physician'}),
    );
    const context = new PatientContext({keys, ledger, nonces: new MemoryNonceStore(), save: () => Promise.resolve()});
    patient = new Patient(context);
    grants = new PatientGrants(context);
    log = new PatientLog(context);
    clinician = new Clinician({keys: member, ledger, nonces: new MemoryNonceStore()});
    terms = {
      grantee: member.member,
      types: [HEART_RATE],
      purposes: ['TREAT'],
      accessFromSlot: slot - 1,
      accessToSlot: slot + 24,
      dataFromSlot: SLOT,
      dataToSlot: SLOT + 100,
      maxReads: 3,
    };
  });

  it('registers a device with both signatures and not otherwise', async () => {
    await patient.publishEpochs([HEART_RATE], SLOT - 10);
    const half = await patient.registerDevice({
      deviceKey,
      typeNames: [HEART_RATE],
      deviceClass: 'wearable',
      fromSlot: SLOT - 10,
    });
    await expect(submit(ledger, txOfPart(decodePart(half)))).rejects.toMatchObject({
      code: 'tx-refused',
      meta: {codeName: 'wrongSigners'},
    });
    expect(() => signPart(decodePart(half), newSigningKey(random))).toThrow(
      expect.objectContaining({code: 'part-refused'}),
    );
    const {part, owner, pairedKey} = endorseRegistration(encodePart(decodePart(half)), deviceKey);
    const {registration} = decodeCanonical(
      RegisterDeviceResultSchema,
      (await submit(ledger, txOfPart(decodePart(part)))).data,
    );
    const {config} = acceptDeviceConfig(
      await patient.deviceConfig({
        registration,
        typeNames: [HEART_RATE],
        custodians: [hospital],
        gateways: [system.endpoints.services.ingest],
      }),
      {chainId: ledger.chainId, owner, pairedKey},
    );
    const stores = new MemoryDeviceStores();
    device = new Device({key: deviceKey, config, ledger, stores});
    expect(registration).toBe(1);
  });

  it('takes two hours of the wearable all the way and gives the clinician exactly those', async () => {
    const source = sourceReadings().filter(({timeMs}) => Math.floor(timeMs / (LIMITS.slotSeconds * 1_000)) <= SLOT + 1);
    expect(source.length).toBeGreaterThan(100);
    const records = await device.seal(
      HEART_RATE,
      source.map((rate) => heartRateReading(rate, Date.now(), random)),
    );
    const outcomes = await device.post(records);
    expect(new Set(outcomes.map(({status}) => status))).toEqual(new Set(['accepted']));
    expect(await device.settleAll(60_000)).toHaveLength(records.length);
    expect((await ask(undefined)).permit).toBe(false);
    const {grantId, wrapped} = await grants.put(terms);
    expect(wrapped).toBe(1);
    const ticket = JSON.parse(
      JSON.stringify(await ask(grantId, {typeTag: undefined, typeName: HEART_RATE, message: 'before your visit'})),
    ) as AccessTicket;
    expect(ticket.permit).toBe(true);
    const {records: opened, findings} = await clinician.fetch(ticket);
    expect(findings).toEqual([]);
    const received = opened
      .flatMap(({readings}) => readings)
      .map(heartRateOf)
      .map(({timeMs, beatsPerMinute}) => ({timeMs, beatsPerMinute}))
      .toSorted((a, b) => a.timeMs - b.timeMs);
    expect(received).toEqual(source);
  });

  it('refuses what the grant does not cover, tells the patient why, and alerts her', async () => {
    const [grant] = keys.grants;
    const refused = [
      await ask(grant?.grantId, {typeTag: undefined}),
      await ask(grant?.grantId, {slotFrom: SLOT - 1}),
      await ask(grant?.grantId, {purpose: 'HRESCH'}),
    ];
    expect(refused.map(({permit}) => permit)).toEqual([false, false, false]);
    expect(await Promise.all(refused.map(async ({logIndex}) => (await log.explain(BigInt(logIndex))).rule))).toEqual([
      6, 7, 8,
    ]);
    await expect(clinician.fetch(refused[0] as AccessTicket)).rejects.toMatchObject({code: 'access-refused'});
    const subjects = new Set((await log.alerts()).map(({subject}) => subject));
    for (const {txId} of refused) expect(subjects).toContain(txId);
  });

  it('ends with the revocation: a hoarded permit, every later request', async () => {
    const [grant] = keys.grants;
    const hoarded = await ask(grant?.grantId);
    expect(hoarded.permit).toBe(true);
    const kept = await clinician.grantedKeys(keys.patient, grant?.grantId ?? '');
    const {outcomes} = await grants.revoke(grant?.grantId ?? '');
    expect(outcomes.map(({code}) => code)).toEqual([0]);
    await expect(clinician.fetch(hoarded)).rejects.toMatchObject({code: 'permit-ended'});
    await expect(clinician.fetch(hoarded, kept)).rejects.toMatchObject({code: 'permit-ended'});
    expect((await ask(grant?.grantId)).permit).toBe(false);
  });

  it('shows the patient every attempt in a log that nobody can shorten', async () => {
    const before = structuredClone(keys.logHead);
    const {leaves, evidence} = await log.accessLog();
    expect(before).toBeUndefined();
    expect(leaves.map(({event}) => event.case)).toEqual([
      'enrolled',
      'keys',
      'deviceRegistered',
      'access',
      'grant',
      'access',
      'access',
      'access',
      'access',
      'access',
      'grant',
      'access',
    ]);
    await ask(undefined);
    const {evidence: newer} = await log.accessLog();
    const trust = {genesis: ledger.genesis, now: Date.now()};
    expect(verifyAccessLog(newer, trust).leaves).toHaveLength(13);
    expect(() => verifyAccessLog(evidence, {...trust, remembered: keys.logHead})).toThrow(
      expect.objectContaining({code: 'log-older-than-known'}),
    );
    expect(() => verifyAccessLog(evidence, {...trust, now: trust.now + 120_000})).toThrow(
      expect.objectContaining({code: 'stale-header'}),
    );
  });

  it('streams alerts as they come', async () => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      stop.abort();
    }, 30_000);
    const after = (await log.alerts()).at(-1)?.seq ?? '0';
    const ticket = await ask(undefined);
    for await (const alert of log.followAlerts(after, stop.signal)) {
      if (alert.subject !== ticket.txId) continue;
      expect(alert.kind).toBe('ACCESS_REFUSED');
      break;
    }
    clearTimeout(timer);
    expect(stop.signal.aborted).toBe(false);
  });
});
