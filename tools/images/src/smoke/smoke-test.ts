import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {ImagesError} from '../images-error.js';
import {progress} from '../progress.js';
import type {ContainerTool, RunRequest} from '../tool/container-tool.js';
import {TRIALS} from './trials.js';

/** A uid as a cluster hands them out: no name, group 0. */
const USER = '12345:0';

export interface Tested {
  directory: string;
  digest: string;
}

/** Tries what an image is for, as an arbitrary uid, once for each digest. @throws ImagesError with what it said */
export async function smokeTest(tool: ContainerTool, name: string, {directory, digest}: Tested): Promise<void> {
  const file = join(directory, `${name}.tried`);
  if ((await readFile(file, 'utf8').catch(() => '')) === digest) return;
  for (const {what, command, env, says, code = 0} of TRIALS[name] ?? []) {
    const request: RunRequest = {user: USER, command, ...(env === undefined ? {} : {env})};
    const outcome = await tool.runIn(join(directory, `${name}.tar`), request);
    const said = outcome.stdout + outcome.stderr;
    if (outcome.code !== code || !says.test(said)) {
      throw new ImagesError(
        `${name}: ${what}: exit code ${outcome.code} instead of ${code}, or it did not say ${String(says)}:\n${said
          .trimEnd()
          .split('\n')
          .slice(-30)
          .map((line) => `    ${line}`)
          .join('\n')}`,
      );
    }
    progress(`${name}: ${what}`);
  }
  await writeFile(file, digest);
}
