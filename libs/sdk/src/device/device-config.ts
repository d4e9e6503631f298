import {base64Encode} from '@bufbuild/protobuf/wire';
import {decodeCanonical, encodeCanonical, equalBytes, fromBase64Url, fromHex, toHex} from '@vitalvault/contracts';
import {SignedDeviceConfigSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {DeviceConfig, SignedDeviceConfig, SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {openDeviceConfig} from '@vitalvault/envelope';
import type {PublicSigningKey} from '@vitalvault/envelope';
import {SdkError} from '../sdk-error.js';
import {followSuccessions, placeOfKey} from './follow-successions.js';

const PREFIX = 'vvcfg1.';

/** A signed configuration as one line: "vvcfg1." and base64url. */
export function encodeDeviceConfig(signed: SignedDeviceConfig): string {
  return PREFIX + base64Encode(encodeCanonical(SignedDeviceConfigSchema, signed), 'url');
}

/** What a device knows before it looks at a configuration. */
export interface ConfigTrust {
  chainId: string;
  /** Patient id (hexadecimal) that the device agreed to in its registration. */
  owner: string;
  /** Public key (hexadecimal) that signed that registration; absent: the owner's first, whose id is hers. */
  pairedKey?: string | undefined;
  /** What it believes since it took a configuration; absent: this is its first. */
  known?: KnownOwner | undefined;
}

/** What a configured device believes of its owner. */
export interface KnownOwner {
  /** Newest configuration that it took. */
  config: Pick<DeviceConfig, 'version' | 'successions' | 'recoveryKey'>;
  /** Public keys (hexadecimal) of the successions 1 to n that it knows, from configurations and gateways. */
  ownerKeys: readonly string[];
}

/** A configuration that the device believes, and the keys of its owner's successions, in order. */
export interface AcceptedConfig {
  config: DeviceConfig;
  ownerKeys: string[];
}

/**
 * Takes a configuration that the owner signed: the first by the key that signed the registration, a later one by the
 * key that the device believes or one that successions by the known recovery key lead to.
 * @throws SdkError `config-refused`
 * @spec docs/protocol.md §2.2
 */
export function acceptDeviceConfig(text: string, trust: ConfigTrust): AcceptedConfig {
  const {config, signed} = read(text);
  const {known} = trust;
  if (config.chainId !== trust.chainId) throw refused(`it is for the ledger ${config.chainId}`);
  if (!equalBytes(config.patient, fromHex(trust.owner))) throw refused('it is for another patient');
  const recoveryKey = known === undefined ? config.recoveryKey : known.config.recoveryKey;
  if (recoveryKey === undefined || !isSameKey(config.recoveryKey, recoveryKey))
    throw refused('it names another recovery key');
  const ownerKeys = follow(known?.ownerKeys ?? [], signed, {...trust, recoveryKey});
  if (config.successions !== ownerKeys.length) throw refused('it is by a key that was replaced');
  if (!isOwnersKey(config.ownerKey, ownerKeys, trust)) throw refused('another than the owner signed it');
  requireVersion(config, known);
  return {config, ownerKeys};
}

/** With each key of the owner versions count anew. */
function requireVersion(config: DeviceConfig, known: KnownOwner | undefined): void {
  const lowest = known?.config.successions === config.successions ? known.config.version : 1;
  if (config.version < lowest) throw refused(`version ${config.version} is below ${lowest}`);
}

/** A configuration that was taken before, as it was kept. @throws SdkError `config-refused` when it is damaged */
export function keptDeviceConfig(text: string): DeviceConfig {
  return read(text).config;
}

function read(text: string): {config: DeviceConfig; signed: SignedDeviceConfig} {
  const signed = decode(text);
  if (signed.signature === undefined) throw refused('it is not signed');
  const config = open(signed, signed.signature);
  if (!isSameKey(config.ownerKey, signed.signature)) throw refused('another than the owner that it names signed it');
  if (config.typeNames.length !== config.typeTags.length) throw refused('types and tags differ in number');
  if (config.custodians.length === 0 || config.registration < 1)
    throw refused('it names no custodian or no registration');
  return {config, signed};
}

function isOwnersKey(key: SigningKey | undefined, ownerKeys: readonly string[], trust: ConfigTrust): boolean {
  if (key === undefined) return false;
  if (trust.known === undefined && trust.pairedKey !== undefined && toHex(key.publicKey) !== trust.pairedKey)
    return false;
  // Without the key of the registration nothing but the owner's first key is known, and no recovery key.
  if (trust.known === undefined && trust.pairedKey === undefined && ownerKeys.length > 0) return false;
  return placeOfKey(key, fromHex(trust.owner), ownerKeys) === ownerKeys.length;
}

function follow(
  known: readonly string[],
  {successions}: SignedDeviceConfig,
  {chainId, owner, recoveryKey}: ConfigTrust & {recoveryKey: SigningKey},
): string[] {
  try {
    return followSuccessions(known, successions, {chainId, patient: fromHex(owner), recoveryKey});
  } catch (cause) {
    if (cause instanceof SdkError) throw cause;
    throw refused('the recovery key did not sign a succession', cause);
  }
}

function isSameKey(a: PublicSigningKey | undefined, b: PublicSigningKey): boolean {
  return a?.alg === b.alg && equalBytes(a.publicKey, b.publicKey);
}

function decode(text: string): SignedDeviceConfig {
  if (!text.startsWith(PREFIX)) throw refused(`a configuration begins with "${PREFIX}"`);
  try {
    return decodeCanonical(SignedDeviceConfigSchema, fromBase64Url(text.slice(PREFIX.length)));
  } catch (cause) {
    throw refused('it is damaged', cause);
  }
}

function open(signed: SignedDeviceConfig, signer: {alg: number; publicKey: Uint8Array}): DeviceConfig {
  try {
    return openDeviceConfig(signed, signer);
  } catch (cause) {
    throw refused('the signature is wrong', cause);
  }
}

function refused(detail: string, cause?: unknown): SdkError {
  return new SdkError('config-refused', {detail, cause});
}
