import {readdir, stat} from 'node:fs/promises';
import {homedir} from 'node:os';
import {join} from 'node:path';

/**
 * The CometBFT that `make build` built last; its cache is apps/launcher's. @throws Error saying what to do when there
 * is none
 */
export async function cometBinary(): Promise<string> {
  const {VITALVAULT_CACHE: cache, XDG_CACHE_HOME: xdg} = process.env;
  const engines = join(cache ?? join(xdg ?? join(homedir(), '.cache'), 'vitalvault'), 'engines');
  const names = (await readdir(engines).catch(() => [])).filter((name) => name.startsWith('cometbft-'));
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(engines, name, 'cometbft');
      return {path, modified: (await stat(path).catch(() => undefined))?.mtimeMs ?? 0};
    }),
  );
  const newest = found.sort((a, b) => b.modified - a.modified)[0];
  if (newest === undefined || newest.modified === 0) throw new Error(`no CometBFT in ${engines}: run make build`);
  return newest.path;
}
