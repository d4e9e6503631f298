import {beforeAll, describe, expect, it} from '@jest/globals';
import {Clinician, HEART_RATE, MemoryNonceStore, acceptDeviceConfig, idOf, replaceMemberKey} from '@vitalvault/sdk';
import {enrolClinician, enrolPatient, openOffice, readingsOf, registerDevice} from './platform/actors.js';
import type {ClinicianActor, DeviceActor, Office, PatientActor} from './platform/actors.js';
import {thePlatform} from './platform/platform.js';

describe("a patient's signing key that is replaced while everything goes on", () => {
  let office: Office;
  let owner: PatientActor;
  let worn: DeviceActor;
  let reader: ClinicianActor;
  let slot: number;
  let grantId: string;

  const post = async (readings: number): Promise<void> => {
    const records = await worn.device.seal(HEART_RATE, readingsOf(slot, readings));
    expect((await worn.device.post(records)).map(({status}) => status)).toEqual(records.map(() => 'accepted'));
    await worn.device.settleAll(60_000);
  };
  const ask = () =>
    reader.clinician.requestAccess({
      patient: owner.keys.patient,
      grantId,
      typeName: HEART_RATE,
      slotFrom: slot - 1,
      slotTo: slot,
      purpose: 'TREAT',
    });

  beforeAll(async () => {
    office = await openOffice(thePlatform());
    slot = await office.ledger.slot();
    owner = await enrolPatient(office, slot - 100);
    worn = await registerDevice(office, owner, slot - 50);
    reader = await enrolClinician(office);
    ({grantId} = await owner.grants.put({
      grantee: reader.keys.member,
      types: [HEART_RATE],
      purposes: ['TREAT'],
      accessFromSlot: slot - 1,
      accessToSlot: slot + 24,
      dataFromSlot: slot - 100,
      dataToSlot: slot + 24,
    }));
    await post(3);
  });

  it('keeps permits and wraps good, and the device learns it from the gateway alone', async () => {
    const before = await ask();
    const old = owner.keys.signing;
    const {successions, outcomes} = await owner.patient.replaceSigningKey();
    expect([successions, outcomes.map(({code}) => code)]).toEqual([1, [0]]);
    expect(idOf(owner.keys.signing)).not.toBe(idOf(old));
    expect((await reader.clinician.fetch(before)).records).toHaveLength(1);
    expect((await owner.log.alerts()).some(({kind}) => kind === 'RIGHTS_CHANGED')).toBe(true);
    // A device that was configured before: it seals under the epoch that the new key began.
    await worn.device.epochKeys.refresh(worn.config.typeTags[0] ?? new Uint8Array());
    await post(2);
    expect((await worn.device.epochKeys.at(worn.config.typeTags[0] ?? new Uint8Array(), slot)).epoch).toBe(2);
    const {records, findings} = await reader.clinician.fetch(await ask());
    expect([records.length, findings]).toEqual([2, []]);
    await expect(office.ledger.state(old, [{kind: 'patient', parts: [worn.config.patient]}])).rejects.toMatchObject({
      code: 'unknown-key',
    });
  });

  it('configures a device anew, which does not go back', async () => {
    const {chainId} = office.ledger;
    const known = {config: worn.config, ownerKeys: []};
    const text = await owner.patient.deviceConfig({
      registration: worn.config.registration,
      typeNames: [HEART_RATE],
      custodians: [office.platform.organisation],
      gateways: worn.config.gateways,
    });
    const next = acceptDeviceConfig(text, {chainId, owner: owner.keys.patient, known});
    expect(next.ownerKeys).toEqual([owner.keys.signing.publicKey]);
    worn = await registerDevice(office, owner, slot - 1);
    await post(1);
    expect((await reader.clinician.fetch(await ask())).records).toHaveLength(3);
  });

  it("goes on with a clinician's key that was replaced: what the old one was permitted, the new one fetches", async () => {
    const before = await ask();
    const {keys} = reader;
    const old = keys.signing;
    const nonces = new MemoryNonceStore(100n);
    await replaceMemberKey({keys, ledger: office.ledger, nonces, save: () => Promise.resolve()});
    const clinician = new Clinician({keys, ledger: office.ledger, nonces});
    expect((await clinician.fetch(before)).records).toHaveLength(3);
    reader = {keys, clinician};
    expect((await ask()).permit).toBe(true);
    const thief = new Clinician({keys: {...keys, signing: old}, ledger: office.ledger, nonces});
    await expect(thief.fetch(before)).rejects.toMatchObject({code: 'unknown-key'});
  });
});
