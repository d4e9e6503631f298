import {existsSync, mkdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {CliError} from '../cli-error.js';
import {claimHome} from './claim-home.js';
import {deriveKey, openKeyFile, readSecretFile, sealKeyFile, writeSecretFile} from './key-file.js';
import type {DerivedKey} from './key-file.js';
import {FileNonceStore} from './file-nonce-store.js';
import {LockedJson} from './locked-json.js';

export type ActorKind = 'patient' | 'member' | 'device';

/** What stands open in a home: who it is, and on which ledger. */
export interface ActorCard {
  kind: ActorKind;
  id: string;
  chainId: string;
}

/** What a new home would write over, and what marks the folder of a system. */
const OWN_FILES = ['keys.json', 'genesis.json', 'nonces.json', 'device.json', 'system.json', 'endpoints.json'];

/** The directory of one actor: an encrypted key file, the genesis she trusts, counters, and what she keeps. */
export class Home {
  private derived: DerivedKey | undefined;
  /** The key file as this process read or wrote it last. */
  private seen: string | undefined;

  constructor(
    readonly dir: string,
    private readonly passphrase: () => Promise<string>,
    /** Whether a claim is void whose process cannot be looked up from here. */
    private readonly takeOver = false,
  ) {}

  get card(): ActorCard {
    this.requireActor();
    try {
      return JSON.parse(readFileSync(this.cardFile, 'utf8')) as ActorCard;
    } catch (cause) {
      throw new CliError('file-damaged', `${this.cardFile} cannot be read.`, {
        remedy: 'Restore it from your backup; the keys beside it are whole.',
        cause,
      });
    }
  }

  /** Text of the genesis file that was pinned when the home was made. */
  get genesis(): string {
    return readFileSync(join(this.dir, 'genesis.json'), 'utf8');
  }

  /** Makes the home. @throws CliError `home-taken` when somebody lives there. */
  async create(card: ActorCard, secrets: unknown, genesis: string): Promise<void> {
    if (existsSync(this.cardFile))
      throw new CliError('home-taken', `${this.dir} already holds the keys of ${this.card.kind} ${this.card.id}.`, {
        remedy: 'Choose another --home; keys are never overwritten.',
      });
    const other = OWN_FILES.find((name) => existsSync(join(this.dir, name)));
    if (other !== undefined)
      throw new CliError('home-taken', `${this.dir} holds a ${other} of something else; it stays as it is.`, {
        remedy: 'Choose a new or empty --home.',
      });
    mkdirSync(this.dir, {recursive: true, mode: 0o700});
    await this.writeSecrets(secrets);
    writeSecretFile(join(this.dir, 'genesis.json'), genesis);
    writeSecretFile(this.cardFile, `${JSON.stringify(card)}\n`);
  }

  /** The secrets of the key file. @throws CliError `wrong-actor`, `passphrase-wrong`, `key-file-readable` */
  async secrets<T>(kind: ActorKind): Promise<T> {
    if (this.card.kind !== kind)
      throw new CliError('wrong-actor', `${this.dir} is the home of a ${this.card.kind}, not of a ${kind}.`, {
        remedy: `Give --home of a ${kind}.`,
      });
    const sealed = readSecretFile(this.keyFile);
    const {secrets, derived} = openKeyFile(sealed, await this.passphrase());
    this.derived = derived;
    this.seen = sealed;
    try {
      return JSON.parse(secrets) as T;
    } catch {
      // Without the parser's error, which quotes the secrets.
      throw new CliError('key-file-invalid', `The secrets in ${this.dir} are damaged.`, {
        remedy: 'Restore the home from your backup.',
      });
    }
  }

  /**
   * Keeps other processes from changing the secrets until this one ends. What is going to be changed is read after it.
   * @throws CliError `home-missing`, `file-locked`
   */
  async claim(): Promise<void> {
    this.requireActor();
    await claimHome(join(this.dir, 'keys.lock'), {takeOver: this.takeOver});
  }

  /** @throws CliError `home-changed` when somebody else wrote since they were read: nothing of that is written over. */
  async writeSecrets(secrets: unknown): Promise<void> {
    this.derived ??= deriveKey(await this.passphrase());
    if (this.seen !== undefined && readSecretFile(this.keyFile) !== this.seen)
      throw new CliError('home-changed', `Something else changed the keys in ${this.dir} meanwhile.`, {
        remedy: 'Nothing was written over. Run the command again: it goes on from what is there now.',
      });
    const sealed = sealKeyFile(JSON.stringify(secrets), this.derived);
    writeSecretFile(this.keyFile, sealed);
    this.seen = sealed;
  }

  nonces(): FileNonceStore {
    return new FileNonceStore(join(this.dir, 'nonces.json'), {takeOver: this.takeOver});
  }

  /** A file of counters or caches, never secrets. @throws CliError `home-missing` */
  file<T>(name: string, empty: T): LockedJson<T> {
    this.requireActor();
    return new LockedJson(join(this.dir, name), empty, {takeOver: this.takeOver});
  }

  // Before anything is locked or made there.
  private requireActor(): void {
    if (!existsSync(this.cardFile))
      throw new CliError('home-missing', `${this.dir} is nobody's home.`, {
        remedy:
          'Give --home DIR of an actor, or make one with `vv patient init`, `vv member init` or `vv device init`.',
      });
  }

  private get cardFile(): string {
    return join(this.dir, 'actor.json');
  }

  private get keyFile(): string {
    return join(this.dir, 'keys.json');
  }
}
