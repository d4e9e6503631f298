import {homedir, userInfo} from 'node:os';
import {join, resolve} from 'node:path';
import {LaunchError} from './launch-error.js';

/** Root of the clone: this file runs as apps/launcher/dist/config.js. */
export const REPOSITORY = resolve(import.meta.dirname, '../../..');

/** Where built engines are kept, outside the clone and shared by all clones of a user. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  if (env.VITALVAULT_CACHE !== undefined && env.VITALVAULT_CACHE !== '') return resolve(env.VITALVAULT_CACHE);
  const cache =
    env.XDG_CACHE_HOME !== undefined && env.XDG_CACHE_HOME !== '' ? env.XDG_CACHE_HOME : join(homedir(), '.cache');
  return resolve(cache, 'vitalvault');
}

/** Environment of a build tool: the user's own, because proxies and mirrors are set there. */
export function buildEnvironment(extra: Record<string, string>): NodeJS.ProcessEnv {
  return {...process.env, ...extra};
}

/** What every process gets from the user's environment; everything else is in its configuration. */
export function inheritedEnvironment(): Record<string, string> {
  // Compiled code of the last start is kept by Node, which saves a fifth of a service's start.
  const kept: Record<string, string> = {
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    NODE_COMPILE_CACHE: join(cacheDirectory(), 'node-compile'),
  };
  for (const name of ['PATH', 'HOME', 'JAVA_HOME', 'TMPDIR']) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** When the user gave the command: the bootstrap may have worked for minutes before this process began. */
export const startedAtMs: number = Number(process.env.VITALVAULT_STARTED ?? Date.now());

const PREFIX = 'VITALVAULT_';
/** Of the launcher; VITALVAULT_STARTED comes from the bootstrap. */
const VARIABLES: ReadonlySet<string> = new Set(
  ['CACHE', 'STARTED', 'IPFS_VOLUME_BYTES', 'LEDGER_LOG_LEVEL'].map((name) => PREFIX + name),
);

/** @throws LaunchError for a variable with our prefix that means nothing here: a misspelt one would be left out. */
export function requireKnownVariables(env: NodeJS.ProcessEnv = process.env): void {
  const unknown = Object.keys(env).filter((name) => name.startsWith(PREFIX) && !VARIABLES.has(name));
  if (unknown.length > 0)
    throw new LaunchError(
      `${unknown.join(', ')}: no such setting. The launcher knows ${[...VARIABLES].join(', ')}; those of the services are in what it gives them.`,
    );
}

/** Bytes that all IPFS peers of this machine may take together, for tests of a full peer; default: the disk's. */
export function ipfsVolumeBytes(text = process.env.VITALVAULT_IPFS_VOLUME_BYTES): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new LaunchError(
      `VITALVAULT_IPFS_VOLUME_BYTES is ${JSON.stringify(text)}; write a number of bytes, or leave it out.`,
    );
  return Number(text);
}

/** At `debug`, ledger-abci tells every call of CometBFT's. */
export function ledgerLogLevel(text = process.env.VITALVAULT_LEDGER_LOG_LEVEL): string {
  return text === undefined || text === '' ? 'info' : text;
}

export function javaCommand(): string {
  const home = process.env.JAVA_HOME;
  return home === undefined || home === '' ? 'java' : join(home, 'bin', 'java');
}

export const runsAsRoot = (): boolean => userInfo().uid === 0;
