import {homedir} from 'node:os';
import {join, resolve} from 'node:path';

/** Root of the clone: this file runs as test/k8s/cluster/dist/config.js. */
export const REPOSITORY = resolve(import.meta.dirname, '../../../..');

/** Where everything of the cluster lies that is not a Debian package or a built engine. */
export const DEFAULT_DIRECTORY = '/var/lib/vitalvault-k8s';

/** The launcher's cache, which the images and the built engines are in. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  if (env.VITALVAULT_CACHE !== undefined && env.VITALVAULT_CACHE !== '') return resolve(env.VITALVAULT_CACHE);
  const cache =
    env.XDG_CACHE_HOME !== undefined && env.XDG_CACHE_HOME !== '' ? env.XDG_CACHE_HOME : join(homedir(), '.cache');
  return resolve(cache, 'vitalvault');
}

export const inherited = (extra: Record<string, string> = {}): NodeJS.ProcessEnv => ({...process.env, ...extra});
