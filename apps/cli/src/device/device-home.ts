import {readFileSync} from 'node:fs';
import type {DeviceConfig} from '@vitalvault/contracts/gen/record/v1/record';
import {Device, acceptDeviceConfig, keptDeviceConfig} from '@vitalvault/sdk';
import type {AcceptedConfig, ApiClient, StoredKey} from '@vitalvault/sdk';
import {FileOwnerMemory, FilePendingStore, FileSequenceStore} from '../actor/file-device-stores.js';
import {CliError} from '../cli-error.js';
import type {Session} from '../session.js';
import {deviceMemory} from './device-memory.js';
import type {DeviceMemory} from './device-memory.js';

/** Secrets of a device's home. */
export interface DeviceSecrets {
  key: StoredKey;
}

/** Takes a configuration into the home if the owner signed it for this device. @throws SdkError `config-refused` */
export async function takeConfig(session: Session, text: string): Promise<DeviceConfig> {
  const memory = deviceMemory(session.home);
  const {config, ownerKeys} = accept(session, memory.read(), text);
  await memory.update((old) => ({value: {...old, config: text, ownerKeys}, result: undefined}));
  return config;
}

/** The configured device. `polling`: the same device over a client whose requests belong to no trace. */
export async function openDevice(
  session: Session,
  api: ApiClient = session.api,
): Promise<{device: Device; config: DeviceConfig}> {
  const remembered = deviceMemory(session.home).read();
  if (remembered.config === undefined)
    throw new CliError('not-configured', 'The device has no configuration yet.', {
      remedy: 'Its owner signs one with `vv patient configure-device`; take it with `vv device configure`.',
    });
  const config = keptDeviceConfig(remembered.config);
  const {key} = await session.home.secrets<DeviceSecrets>('device');
  const {home} = session;
  return {
    config,
    device: new Device({
      key,
      config,
      api,
      sequences: new FileSequenceStore(home),
      pending: new FilePendingStore(home),
      owner: new FileOwnerMemory(home),
    }),
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

export function readCsvFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CliError('file-missing', `${path} cannot be read.`, {
      remedy: 'Name a CSV file with the columns Id, Time, Value.',
      cause,
    });
  }
}
