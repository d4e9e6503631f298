import {spawn} from 'node:child_process';
import {exists} from '../process/files.js';
import {LaunchError} from '../launch-error.js';
import {namesFor} from '../plan/names.js';
import {existingSystem} from './launcher-options.js';
import type {DataOption} from './launcher-options.js';

export interface LogsOptions extends DataOption {
  lines: number;
  follow?: boolean;
}

/** Shows the end of the logs of processes (all, if none is named), and goes on showing with `--follow`. */
export async function logs(list: string | undefined, options: LogsOptions): Promise<void> {
  const {layout, settings} = await existingSystem(options);
  const files = [];
  for (const name of namesFor(list ?? 'all', settings.validators))
    if (await exists(layout.log(name))) files.push(layout.log(name));
  if (files.length === 0) throw new LaunchError(`There is no log yet in ${layout.logs}`);
  const args = ['-n', String(options.lines), ...(options.follow === true ? ['-F'] : []), ...files];
  await new Promise<void>((resolve) => {
    spawn('tail', args, {stdio: 'inherit'}).once('close', () => {
      resolve();
    });
  });
}
