import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {CannotMeasure} from '../suite/row.js';

const SOURCE = join(import.meta.dirname, '..', '..', 'go');
const TARGET = join(import.meta.dirname, '..', '..', 'results', 'bin');

/**
 * Builds the references in Go, with cgo where there is a C compiler; the Go compiler's cache makes a second time short.
 * @returns path of the program @throws CannotMeasure when there is no Go, or none of its modules
 */
export function goProgram(say: (text: string) => void): string {
  mkdirSync(TARGET, {recursive: true});
  const program = join(TARGET, 'bench-go');
  say('building bench/go');
  const {status, stderr, error} = spawnSync('go', ['build', '-mod=readonly', '-buildvcs=false', '-o', program, '.'], {
    cwd: SOURCE,
    encoding: 'utf8',
  });
  if (status !== 0 || !existsSync(program))
    throw new CannotMeasure(`bench/go cannot be built: ${error?.message ?? stderr.trim().split('\n').at(-1) ?? ''}`);
  return program;
}
