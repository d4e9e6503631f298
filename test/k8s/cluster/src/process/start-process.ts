import {spawn} from 'node:child_process';
import {open} from 'node:fs/promises';
import {ClusterError} from '../cluster-error.js';
import type {Layout} from '../layout.js';
import type {Program} from '../programs/program.js';
import {writeRecord} from './process-record.js';

/** Starts a process that outlives this command, its output appended to its log. */
export async function startProcess(layout: Layout, program: Program): Promise<void> {
  const log = await open(layout.log(program.name), 'a');
  try {
    const child = spawn(program.command, program.args, {
      cwd: layout.root,
      env: program.env,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => {
        reject(new ClusterError(`${program.name} could not be run: ${error.message}`));
      });
    });
    if (child.pid === undefined) throw new ClusterError(`${program.name} has no process`);
    await writeRecord(layout, program.name, child.pid);
    child.unref();
  } finally {
    await log.close();
  }
}
