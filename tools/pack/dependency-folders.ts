import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {REPOSITORY, manifestOf} from './packages.ts';

/** Where Node would find a package for one that is installed in `from`. */
function installed(name: string, from: string): string {
  for (const base of [from, REPOSITORY]) {
    const folder = join(base, 'node_modules', name);
    if (existsSync(folder)) return folder;
  }
  throw new Error(`${name} is not installed.`);
}

/** Folders of packages and of all that they need, as they are installed here. */
export function dependencyFolders(names: readonly string[], from = REPOSITORY): Set<string> {
  const found = new Set<string>();
  const visit = (name: string, parent: string): void => {
    const folder = installed(name, parent);
    if (found.has(folder)) return;
    found.add(folder);
    for (const needed of Object.keys(manifestOf(folder).dependencies ?? {})) visit(needed, folder);
  };
  for (const name of names) visit(name, from);
  return found;
}
