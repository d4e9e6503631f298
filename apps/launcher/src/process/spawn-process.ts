import {spawn} from 'node:child_process';
import {open, rename, stat} from 'node:fs/promises';
import {LaunchError} from '../launch-error.js';
import {readProc} from './proc.js';
import {writeRecord} from './process-record.js';
import type {Layout} from '../plan/layout.js';
import type {ProcessSpec} from './process-spec.js';

const LOG_ROTATE_BYTES = 64 * 1024 * 1024;

export interface Spawned {
  pid: number;
  /** Fulfilled with a sentence when the process ends, for as long as this launcher watches. */
  ended: Promise<string>;
}

/** Starts a process that outlives the launcher, its output appended to its log. */
export async function spawnProcess(layout: Layout, spec: ProcessSpec): Promise<Spawned> {
  await rotate(layout.log(spec.name));
  const log = await open(layout.log(spec.name), 'a');
  try {
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      ...spec.runAs,
    });
    const ended = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => {
        resolve(signal === null ? `exited with code ${String(code)}` : `was ended by ${signal}`);
      });
      child.once('error', (error) => {
        resolve(`could not be run: ${error.message}`);
      });
    });
    const {pid} = child;
    if (pid === undefined) throw new LaunchError(`${spec.name} ${await ended}`);
    child.unref();
    const entry = await readProc(pid);
    await writeRecord(layout, spec.name, {
      pid,
      startTicks: entry?.startTicks ?? '',
      startedAt: new Date().toISOString(),
    });
    return {pid, ended};
  } finally {
    await log.close();
  }
}

async function rotate(file: string): Promise<void> {
  const size = (await stat(file).catch(() => undefined))?.size ?? 0;
  if (size > LOG_ROTATE_BYTES) await rename(file, `${file}.1`);
}
