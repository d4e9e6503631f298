import {base64Encode} from '@bufbuild/protobuf/wire';
import {decodeCanonical, encodeCanonical, equalBytes, fromBase64Url, fromHex, keyId} from '@vitalvault/contracts';
import {SignedDeviceConfigSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {DeviceConfig, SignedDeviceConfig} from '@vitalvault/contracts/gen/record/v1/record';
import {openDeviceConfig} from '@vitalvault/envelope';
import {SdkError} from '../sdk-error.js';

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
  /** Version of the configuration that it has; 0 = none. */
  version: number;
  /**
   * Public key (hexadecimal) that signed that configuration, once there is one: it may differ from the id's first key.
   */
  ownerKey?: string | undefined;
}

/**
 * Reads a configuration that the owner signed.
 * @throws SdkError `config-refused` for another owner, chain, a lower version, or fields that do not fit
 * @spec docs/protocol.md §2.2
 */
export function acceptDeviceConfig(text: string, trust: ConfigTrust): DeviceConfig {
  const signed = decode(text);
  const signer = signed.signature;
  if (signer === undefined) throw refused('it is not signed');
  const known =
    trust.ownerKey === undefined
      ? equalBytes(keyId(signer), fromHex(trust.owner))
      : equalBytes(signer.publicKey, fromHex(trust.ownerKey));
  if (!known) throw refused('another than the owner signed it');
  const config = open(signed, signer);
  if (config.chainId !== trust.chainId) throw refused(`it is for the ledger ${config.chainId}`);
  if (!equalBytes(config.patient, fromHex(trust.owner))) throw refused('it is for another patient');
  if (config.version < trust.version || config.version < 1)
    throw refused(`version ${config.version} is below ${trust.version}`);
  if (config.typeNames.length !== config.typeTags.length) throw refused('types and tags differ in number');
  if (config.custodians.length === 0 || config.registration < 1)
    throw refused('it names no custodian or no registration');
  return config;
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
