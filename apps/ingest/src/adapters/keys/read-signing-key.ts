import {ALG_ES256K, fromHex, toHex} from '@vitalvault/contracts';
import {openToOthers} from '@vitalvault/process';
import {readFileSync, statSync} from 'node:fs';
import {z} from 'zod';

const keyFile = z.strictObject({
  alg: z.literal(ALG_ES256K),
  publicKey: z.string().regex(/^[0-9a-f]{66}$/),
  privateKey: z.string().regex(/^[0-9a-f]{64}$/),
});

export interface SigningKeyFile {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/**
 * Reads a key file `{"alg":1,"publicKey":hex,"privateKey":hex}`; others must not be able to read it.
 * @param publicKeyOf tells whether the halves belong together
 */
export function readSigningKey(path: string, publicKeyOf: (privateKey: Uint8Array) => Uint8Array): SigningKeyFile {
  if (openToOthers(statSync(path), process.getuid?.()))
    throw new Error('key file: must be readable by its owner only (mode 0600)');
  // zod's message could quote the key.
  const read = keyFile.safeParse(parsed(readFileSync(path, 'utf8')));
  if (!read.success) throw new Error('key file: not {"alg":1,"publicKey":…,"privateKey":…}');
  const key = {publicKey: fromHex(read.data.publicKey), privateKey: fromHex(read.data.privateKey)};
  if (toHex(publicKeyOf(key.privateKey)) !== read.data.publicKey)
    throw new Error('key file: the public key is not that of the private key');
  return key;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
