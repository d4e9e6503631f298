import {createCipheriv, createDecipheriv, randomBytes, scryptSync} from 'node:crypto';
import {closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {z} from 'zod';
import {CliError} from '../cli-error.js';

const FORMAT = 'vitalvault-key-file/1';
/** 32 MiB of memory and some 0.1 s a try. */
const SCRYPT = {N: 32_768, r: 8, p: 1};
const MAX_SCRYPT_N = 1_048_576;
const SCRYPT_MEMORY_BYTES = 2 ** 31;

const hex = z.string().regex(/^([0-9a-f]{2})*$/);
const sealedFile = z.strictObject({
  format: z.literal(FORMAT),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    N: z.int().min(2).max(MAX_SCRYPT_N),
    r: z.int().min(1).max(32),
    p: z.int().min(1).max(16),
    salt: hex,
  }),
  cipher: z.literal('aes-256-gcm'),
  nonce: hex.length(24),
  ciphertext: hex,
});
type SealedFile = z.infer<typeof sealedFile>;

/** What a passphrase gives with one salt. Deriving is dear on purpose, so a process does it once. */
export interface DerivedKey {
  kdf: SealedFile['kdf'];
  key: Buffer;
}

/** A key from a passphrase by scrypt, with a fresh salt. */
export function deriveKey(passphrase: string): DerivedKey {
  const kdf = {name: 'scrypt', ...SCRYPT, salt: randomBytes(16).toString('hex')} as const;
  return {kdf, key: keyOf(kdf, passphrase)};
}

/** Encrypts secrets by AES-256-GCM under a fresh nonce, with everything but the ciphertext as AAD. */
export function sealKeyFile(secrets: string, {kdf, key}: DerivedKey): string {
  const head = {format: FORMAT, kdf, cipher: 'aes-256-gcm', nonce: randomBytes(12).toString('hex')} as const;
  const cipher = createCipheriv('aes-256-gcm', key, Buffer.from(head.nonce, 'hex'));
  cipher.setAAD(aadOf(head));
  const ciphertext = Buffer.concat([cipher.update(secrets, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${JSON.stringify({...head, ciphertext: ciphertext.toString('hex')}, undefined, 1)}\n`;
}

/**
 * @throws CliError `key-file-invalid`, `passphrase-wrong` (also when the file was changed: the two cannot be told
 * apart)
 */
export function openKeyFile(text: string, passphrase: string): {secrets: string; derived: DerivedKey} {
  const file = parse(text);
  const sealed = Buffer.from(file.ciphertext, 'hex');
  if (sealed.length < 16) throw invalid('it is too short');
  const derived = {kdf: file.kdf, key: keyOf(file.kdf, passphrase)};
  const decipher = createDecipheriv('aes-256-gcm', derived.key, Buffer.from(file.nonce, 'hex'));
  decipher.setAAD(aadOf(file));
  decipher.setAuthTag(sealed.subarray(-16));
  try {
    const secrets = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]).toString('utf8');
    return {secrets, derived};
  } catch (cause) {
    throw new CliError('passphrase-wrong', 'The key file does not open with this passphrase.', {
      remedy:
        'Give the passphrase it was made with; if that is right, the file was changed: restore it from your backup.',
      cause,
    });
  }
}

/**
 * Writes a secret so that a crash leaves the old file or the new one, readable by its owner alone; once this has
 * returned it is the new one, whatever happens to the machine.
 */
export function writeSecretFile(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  synced(openSync(temporary, 'wx', 0o600), (handle) => {
    writeFileSync(handle, content);
  });
  renameSync(temporary, path);
  // A power cut could take the new name back: the transaction that needs the new key would be on its way already.
  synced(openSync(dirname(path), 'r'), () => undefined);
}

function synced(handle: number, write: (handle: number) => void): void {
  try {
    write(handle);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** @throws CliError `key-file-missing`, `key-file-readable` when group or others may read it */
export function readSecretFile(path: string): string {
  if (!existsSync(path))
    throw new CliError('key-file-missing', `There is no key file ${path}.`, {
      remedy: 'Name the right one, or make keys first with `init`.',
    });
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    throw new CliError('key-file-readable', `${path} can be read by others (mode ${mode.toString(8)}).`, {
      remedy: `chmod 600 ${path}; if it stood open for long, make new keys.`,
    });
  }
  return readFileSync(path, 'utf8');
}

function parse(text: string): SealedFile {
  try {
    return sealedFile.parse(JSON.parse(text));
  } catch {
    // Without the parser's error, which quotes the text: it may be a key in the clear.
    throw invalid('it is not one, or of another version');
  }
}

function invalid(why: string): CliError {
  return new CliError('key-file-invalid', `The key file cannot be used: ${why}.`, {
    remedy: 'Name a file that `vv … init` made.',
  });
}

function keyOf(kdf: Omit<SealedFile['kdf'], 'name'>, passphrase: string): Buffer {
  return scryptSync(passphrase.normalize('NFKC'), Buffer.from(kdf.salt, 'hex'), 32, {
    N: kdf.N,
    r: kdf.r,
    p: kdf.p,
    maxmem: SCRYPT_MEMORY_BYTES,
  });
}

function aadOf({format, kdf, cipher, nonce}: Omit<SealedFile, 'ciphertext'>): Buffer {
  return Buffer.from(JSON.stringify([format, kdf.name, kdf.N, kdf.r, kdf.p, kdf.salt, cipher, nonce]));
}
