import {createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, readdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {CliError} from '../cli-error.js';
import {writeSecretFile} from './key-file.js';

const SUFFIX = '.sealed';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Keys for what a device keeps on disk, from its secret, each by a label of its own. */
export interface FolderKeys {
  /** AES-256-GCM. */
  contents: Buffer;
  /** HMAC-SHA-256 of what would tell a reading. */
  names: Buffer;
}

/** @param secret private key of the device, hexadecimal */
export function folderKeys(secret: string): FolderKeys {
  const derived = (label: string): Buffer =>
    Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'hex'), Buffer.alloc(0), `vitalvault/v1/${label}`, 32));
  return {contents: derived('device-store'), names: derived('device-store-names')};
}

/**
 * Files that only their device can read: each is whole or not there, durable once it is written, encrypted and bound to
 * its name. Holds `most` files.
 */
export class SealedFolder {
  private count: number | undefined;

  constructor(
    private readonly dir: string,
    private readonly keys: FolderKeys,
    private readonly most: number,
  ) {}

  /** @throws CliError `store-full` */
  put(name: string, text: string): void {
    mkdirSync(this.dir, {recursive: true, mode: 0o700});
    this.count ??= this.names().length;
    const isNew = !existsSync(this.path(name));
    if (isNew && this.count >= this.most)
      throw new CliError('store-full', `${this.dir} holds ${this.most} files already; nothing of it is lost.`, {
        remedy: 'Send what waits with `vv device settle`, or look at `vv device set-aside list`.',
      });
    writeSecretFile(this.path(name), this.sealed(name, text));
    if (isNew) this.count += 1;
  }

  /** Undefined when there is none. @throws CliError `file-damaged` */
  get(name: string): string | undefined {
    return existsSync(this.path(name)) ? this.opened(name, readFileSync(this.path(name))) : undefined;
  }

  remove(name: string): void {
    if (this.count !== undefined && existsSync(this.path(name))) this.count -= 1;
    rmSync(this.path(name), {force: true});
  }

  names(): string[] {
    if (!existsSync(this.dir)) return [];
    const files = readdirSync(this.dir).filter((name) => name.endsWith(SUFFIX));
    return files.map((name) => name.slice(0, -SUFFIX.length)).sort();
  }

  all(): string[] {
    return this.names().flatMap((name) => this.get(name) ?? []);
  }

  /** A name that tells nothing to who has not the device's secret; 64 hexadecimal digits. */
  secretName(text: string): string {
    return createHmac('sha256', this.keys.names).update(text).digest('hex');
  }

  private path(name: string): string {
    return join(this.dir, `${name}${SUFFIX}`);
  }

  private sealed(name: string, text: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keys.contents, nonce);
    cipher.setAAD(this.aad(name));
    return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }

  private opened(name: string, bytes: Buffer): string {
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.keys.contents, bytes.subarray(0, NONCE_BYTES));
      decipher.setAAD(this.aad(name));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new CliError('file-damaged', `${this.path(name)} is damaged, or of another device.`, {
        remedy: 'Restore it from your backup; what it holds is not on the ledger yet.',
        cause,
      });
    }
  }

  // A file under another's name would be another record.
  private aad(name: string): Buffer {
    return Buffer.from(`${this.dir.split('/').at(-1) ?? ''}/${name}`);
  }
}
