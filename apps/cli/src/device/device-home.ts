import {readFileSync} from 'node:fs';
import {toHex} from '@vitalvault/contracts';
import type {DeviceConfig} from '@vitalvault/contracts/gen/record/v1/record';
import {Device, acceptDeviceConfig} from '@vitalvault/sdk';
import type {ApiClient, StoredKey} from '@vitalvault/sdk';
import {FileEpochMemory, FilePendingStore, FileSequenceStore} from '../actor/file-device-stores.js';
import {CliError} from '../cli-error.js';
import type {Session} from '../session.js';

/** Secrets of a device's home. */
export interface DeviceSecrets {
  key: StoredKey;
}

/** What a device remembers of its owner. */
export interface DeviceMemory {
  /** Patient id that it signed its registration for. */
  owner?: string;
  /** Newest configuration, its version, and the key that signed it. */
  config?: string;
  version?: number;
  ownerKey?: string;
}

export const deviceMemory = (session: Session) => session.home.file<DeviceMemory>('device.json', {});

/** Takes a configuration into the home if the owner signed it for this device. @throws SdkError `config-refused` */
export async function takeConfig(session: Session, text: string): Promise<DeviceConfig> {
  const memory = deviceMemory(session);
  const config = accept(session, memory.read(), text);
  const ownerKey = config.ownerKey === undefined ? {} : {ownerKey: toHex(config.ownerKey.publicKey)};
  await memory.update((old) => ({
    value: {...old, config: text, version: config.version, ...ownerKey},
    result: undefined,
  }));
  return config;
}

/** The configured device. `polling`: the same device over a client whose requests belong to no trace. */
export async function openDevice(
  session: Session,
  api: ApiClient = session.api,
): Promise<{device: Device; config: DeviceConfig}> {
  const remembered = deviceMemory(session).read();
  if (remembered.config === undefined)
    throw new CliError('not-configured', 'The device has no configuration yet.', {
      remedy: 'Its owner signs one with `vv patient configure-device`; take it with `vv device configure`.',
    });
  const config = accept(session, remembered, remembered.config);
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
      epochs: new FileEpochMemory(home),
    }),
  };
}

function accept(session: Session, memory: DeviceMemory, text: string): DeviceConfig {
  if (memory.owner === undefined)
    throw new CliError('not-registered', 'The device has not signed a registration yet.', {
      remedy: "Sign its owner's registration with `vv device endorse` first.",
    });
  return acceptDeviceConfig(text, {
    chainId: session.home.card.chainId,
    owner: memory.owner,
    version: memory.version ?? 0,
    ...(memory.ownerKey === undefined ? {} : {ownerKey: memory.ownerKey}),
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
