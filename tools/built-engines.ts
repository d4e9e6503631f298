import {spawnSync} from 'node:child_process';
import {join} from 'node:path';

const root = join(import.meta.dirname, '..');

/** Directory of each engine that is built for a use, by its name; what is missing is built first. */
export function builtEngines(use: 'chart' | 'alerts'): Readonly<Record<string, string>> {
  const {status, stdout, stderr} = spawnSync(
    process.execPath,
    ['apps/launcher/dist/main.js', 'build', '--for', use, '--json'],
    {cwd: root, encoding: 'utf8'},
  );
  if (status !== 0) throw new Error(`the engines for ${use} cannot be built:\n${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, string>;
}
