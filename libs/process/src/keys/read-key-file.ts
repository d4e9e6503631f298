import {ALG_X25519, algorithmOf, equalBytes, fromHex} from '@vitalvault/contracts';
import type {OrganisationRole} from '@vitalvault/contracts';
import {encryptionPublicKeyOf, publicKeyOf} from '@vitalvault/envelope';
import {z} from 'zod';
import {ConfigError} from '../config/config-error.js';
import {variableOf} from '../config/variable-of.js';
import {readPrivateText} from './read-private-text.js';

/** A key of this process. The private half never leaves it. */
export interface ServiceKey {
  readonly alg: number;
  readonly publicKey: Uint8Array;
  /** 32 bytes. */
  readonly privateKey: Uint8Array;
}

const PRIVATE_KEY_BYTES = 32;
const schema = z.strictObject({alg: z.int(), publicKey: z.string(), privateKey: z.string()});

/**
 * Reads `{"alg":1|16,"publicKey":hex,"privateKey":hex}`, the key file of a role. The setting that names it is called
 * after the role: policyKeyFile.
 * @throws ConfigError when the file is missing, readable by others, of another algorithm than the role's, or when its
 * halves do not belong together. It tells which setting and why, never what is in the file.
 */
export function readKeyFile(role: OrganisationRole, file: string): ServiceKey {
  const setting = `${role}KeyFile`;
  const refused = (why: string): ConfigError => new ConfigError([`${variableOf(setting)}: ${why}`]);
  const key = parseKey(readPrivateText(setting, file));
  if (key === undefined) throw refused('the file is not a key file');
  if (key.alg !== algorithmOf(role)) throw refused('a key of another algorithm');
  const derived = derive(key);
  if (derived === undefined) throw refused('not a private key');
  if (!equalBytes(derived, key.publicKey)) throw refused('the two halves do not belong together');
  return key;
}

// Nothing of the content may reach an error message: parsers quote what they cannot read, so theirs are dropped.
function parseKey(text: string): ServiceKey | undefined {
  try {
    const {alg, publicKey, privateKey} = schema.parse(JSON.parse(text));
    return {alg, publicKey: fromHex(publicKey), privateKey: fromHex(privateKey)};
  } catch {
    return undefined;
  }
}

function derive({alg, privateKey}: ServiceKey): Uint8Array | undefined {
  if (privateKey.length !== PRIVATE_KEY_BYTES) return undefined;
  try {
    return alg === ALG_X25519 ? encryptionPublicKeyOf(privateKey) : publicKeyOf(privateKey);
  } catch {
    return undefined;
  }
}
