import {ALG_ES256K, ALG_X25519, equalBytes, fromHex} from '@vitalvault/contracts';
import {encryptionPublicKeyOf, publicKeyOf} from '@vitalvault/envelope';
import {openToOthers} from '@vitalvault/process';
import {readFile, stat} from 'node:fs/promises';
import {z} from 'zod';

/** A key of this service. The private half never leaves the process. */
export interface ServiceKey {
  readonly alg: number;
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/** A key file that cannot be used. Tells which and why, never what is in it. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

const schema = z.strictObject({
  alg: z.union([z.literal(ALG_ES256K), z.literal(ALG_X25519)]),
  publicKey: z.string(),
  privateKey: z.string(),
});

/**
 * @throws KeyFileError when it is missing, readable by others, of another algorithm, or its halves do not belong
 * together.
 */
export async function readKeyFile(file: string, alg: typeof ALG_ES256K | typeof ALG_X25519): Promise<ServiceKey> {
  const key = parseKey(file, await readPrivate(file));
  if (key.alg !== alg) throw new KeyFileError(`${file}: a key of another algorithm`);
  const derive = alg === ALG_X25519 ? encryptionPublicKeyOf : publicKeyOf;
  let derived: Uint8Array;
  try {
    derived = derive(key.privateKey);
  } catch {
    throw new KeyFileError(`${file}: not a private key`);
  }
  if (!equalBytes(derived, key.publicKey)) throw new KeyFileError(`${file}: the two halves do not belong together`);
  return key;
}

async function readPrivate(file: string): Promise<string> {
  try {
    if (openToOthers(await stat(file), process.getuid?.()))
      throw new KeyFileError(`${file}: others can read it; chmod 600`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof KeyFileError) throw error;
    throw new KeyFileError(`${file}: cannot be read (${(error as {code?: string}).code ?? 'unknown'})`);
  }
}

// Nothing of the content may reach an error message, so the parser's own are dropped.
function parseKey(file: string, text: string): ServiceKey {
  try {
    const {alg, publicKey, privateKey} = schema.parse(JSON.parse(text));
    return {alg, publicKey: fromHex(publicKey), privateKey: fromHex(privateKey)};
  } catch {
    throw new KeyFileError(`${file}: not a key file`);
  }
}
