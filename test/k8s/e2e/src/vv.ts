import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {REPOSITORY} from '#cluster/config.js';

const VV = join(REPOSITORY, 'apps/cli/dist/main.js');

/** Runs `vv` on this machine, outside of the pods; what it says goes to the terminal. @returns its exit code */
export function vv(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', VV, ...args], {
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('error', reject);
    child.on('close', (code) => {
      resolve(code ?? 128);
    });
  });
}
