import {spawnSync} from 'node:child_process';
import {existsSync, realpathSync} from 'node:fs';
import {delimiter, join} from 'node:path';

/** This Node, and others of the machine's path that the packages support: one of each version. */
export function nodesOf(path = process.env.PATH ?? ''): {program: string; version: string}[] {
  const found = path
    .split(delimiter)
    .map((directory) => join(directory, 'node'))
    .filter((program) => existsSync(program))
    .map((program) => realpathSync(program));
  const versions = new Map([[process.versions.node, process.execPath]]);
  for (const program of found) {
    const version = spawnSync(program, ['--version'], {encoding: 'utf8'}).stdout.trim().slice(1);
    if (Number(version.split('.')[0]) >= 20 && !versions.has(version)) versions.set(version, program);
  }
  return [...versions].map(([version, program]) => ({program, version}));
}
