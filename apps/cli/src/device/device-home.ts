import {toHex} from '@vitalvault/contracts';
import type {DeviceConfig} from '@vitalvault/contracts/gen/record/v1/record';
import {Device, VerifiedLedger, acceptDeviceConfig, keptDeviceConfig} from '@vitalvault/sdk';
import type {AcceptedConfig, StoredKey} from '@vitalvault/sdk';
import {FileDeviceStores} from '../actor/file-device-stores.js';
import {folderKeys} from '../actor/sealed-folder.js';
import {CliError} from '../cli-error.js';
import type {Session} from '../session.js';
import {deviceMemory} from './device-memory.js';
import type {DeviceMemory} from './device-memory.js';
import {SentReadings} from './sent-readings.js';

/** Secrets of a device's home. */
export interface DeviceSecrets {
  key: StoredKey;
}

/** A configured device with what it keeps. */
export interface OpenedDevice {
  device: Device;
  /** The same one over a client whose requests belong to no trace, for asking how far its records are. */
  asking: Device;
  config: DeviceConfig;
  /** Patient, hexadecimal. */
  owner: string;
  stores: FileDeviceStores;
  sent: SentReadings;
}

/** Takes a configuration into the home if the owner signed it for this device. @throws SdkError `config-refused` */
export async function takeConfig(session: Session, text: string): Promise<DeviceConfig> {
  const memory = deviceMemory(session.home);
  const {config, ownerKeys} = accept(session, memory.read(), text);
  await memory.update((old) => ({value: {...old, config: text, ownerKeys}, result: undefined}));
  return config;
}

/**
 * The configured device.
 * @param use `work`: it may change what it keeps, so no other process does meanwhile
 */
export async function openDevice(session: Session, use: 'work' | 'look'): Promise<OpenedDevice> {
  const {home} = session;
  const {key} = await home.secrets<DeviceSecrets>('device');
  if (use === 'work') await home.claim();
  const {config: text, fromSlot} = deviceMemory(home).read();
  if (text === undefined)
    throw new CliError('not-configured', 'The device has no configuration yet.', {
      remedy: 'Its owner signs one with `vv patient configure-device`; take it with `vv device configure`.',
    });
  const config = keptDeviceConfig(text);
  const keys = folderKeys(key.privateKey);
  const stores = new FileDeviceStores(home, keys);
  const over = (ledger: VerifiedLedger): Device => new Device({key, config, ledger, stores, fromSlot});
  return {
    config,
    owner: toHex(config.patient),
    stores,
    sent: new SentReadings(home, keys),
    device: over(session.ledger),
    asking: over(new VerifiedLedger({api: session.untracedApi(), genesis: session.ledger.genesis})),
  };
}

function accept(session: Session, memory: DeviceMemory, text: string): AcceptedConfig {
  const {owner, pairedKey, config, ownerKeys = []} = memory;
  if (owner === undefined)
    throw new CliError('not-registered', 'The device has not signed a registration yet.', {
      remedy: "Sign its owner's registration with `vv device endorse` first.",
    });
  return acceptDeviceConfig(text, {
    chainId: session.home.card.chainId,
    owner,
    pairedKey,
    known: config === undefined ? undefined : {config: keptDeviceConfig(config), ownerKeys},
  });
}
