import {decodeCanonical} from '@vitalvault/contracts';
import {RegisterDeviceResultSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {
  Device,
  HEART_RATE,
  MemoryDeviceStores,
  acceptDeviceConfig,
  decodePart,
  endorseRegistration,
  submit,
  txOfPart,
} from '@vitalvault/sdk';
import type {Patient, StoredKey, VerifiedLedger} from '@vitalvault/sdk';
import {HOSPITAL} from '@vitalvault/sdk/testing';

/**
 * Owner and watch sign one registration, and the ledger takes it.
 * @param fromSlot hour from which the watch may write
 */
export async function register(owner: Patient, deviceKey: StoredKey, ledger: VerifiedLedger, fromSlot: number) {
  const offer = await owner.registerDevice({deviceKey, typeNames: [HEART_RATE], deviceClass: 'wearable', fromSlot});
  const {part, owner: patient, pairedKey} = endorseRegistration(offer, deviceKey);
  const {data} = await submit(ledger, txOfPart(decodePart(part)));
  return {registration: decodeCanonical(RegisterDeviceResultSchema, data).registration, patient, pairedKey};
}

/** The watch at work: registered, and configured by what its owner signed for it. */
export async function watchOf(owner: Patient, deviceKey: StoredKey, ledger: VerifiedLedger, fromSlot: number) {
  const {registration, patient, pairedKey} = await register(owner, deviceKey, ledger, fromSlot);
  const signed = await owner.deviceConfig({
    registration,
    typeNames: [HEART_RATE],
    custodians: [HOSPITAL],
    gateways: ['http://ingest'],
  });
  const {config} = acceptDeviceConfig(signed, {chainId: ledger.chainId, owner: patient, pairedKey});
  const stores = new MemoryDeviceStores();
  return {registration, device: new Device({key: deviceKey, config, ledger, stores})};
}
