import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {REPOSITORY} from '#cluster/config.js';

/**
 * Runs a program of the clone on this machine, outside of the pods; what it says goes to the terminal.
 * @param file its compiled main file, inside the clone
 * @returns its exit code
 */
export function program(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', join(REPOSITORY, file), ...args], {
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('error', reject);
    child.on('close', (code) => {
      resolve(code ?? 128);
    });
  });
}
