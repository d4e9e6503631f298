import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

export const REPOSITORY = join(import.meta.dirname, '..', '..');

/** What others may use by itself, and what these need of ours. All of them are packed, with one version. */
export const PACKED = ['abci', 'light-client', 'proofs', 'sdk', 'contracts', 'envelope', 'errors'] as const;
export type PackedName = (typeof PACKED)[number];

interface Manifest {
  name: string;
  version: string;
  description?: string;
  exports: Record<string, {default: string}>;
  dependencies?: Record<string, string>;
}

export const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

export const folderOf = (name: string): string => join(REPOSITORY, 'libs', name);

/** Texts of licences that go into a package: ours, and those of what it contains of others. */
export function licencesOf(name: string): {from: string; to: string}[] {
  const theirs = [
    {from: join(folderOf(name), 'LICENSE-cometbft'), to: 'LICENSE-cometbft'},
    {from: join(folderOf(name), 'schemas', 'LICENSE'), to: 'LICENSE-open-mhealth'},
  ];
  return [{from: join(REPOSITORY, 'LICENSE'), to: 'LICENSE'}, ...theirs.filter(({from}) => existsSync(from))];
}
