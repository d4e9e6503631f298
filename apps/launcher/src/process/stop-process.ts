import {setTimeout as sleep} from 'node:timers/promises';
import {errnoOf} from '../launch-error.js';
import {processState, readRecord, removeRecord, writeRecord} from './process-record.js';
import type {Layout} from '../plan/layout.js';

export interface StopTerms {
  name: string;
  stopSignal: 'SIGTERM' | 'SIGINT';
  graceSeconds: number;
}

/** Asks a process to end, waits for its grace and then kills it with its whole process group. */
export async function stopProcess(layout: Layout, terms: StopTerms): Promise<'stopped' | 'forced' | 'was not running'> {
  const state = await processState(layout, terms.name);
  if (state.state !== 'running') {
    await removeRecord(layout, terms.name);
    return 'was not running';
  }
  signal(state.pid, terms.stopSignal);
  const inTime = await gone(layout, terms.name, terms.graceSeconds);
  if (!inTime) {
    signal(-state.pid, 'SIGKILL');
    await gone(layout, terms.name, 10);
  }
  await removeRecord(layout, terms.name);
  return inTime ? 'stopped' : 'forced';
}

/** SIGKILL, and remembers that it was meant. @returns false when there was nothing to kill. */
export async function killProcess(layout: Layout, name: string): Promise<boolean> {
  const state = await processState(layout, name);
  const record = await readRecord(layout, name);
  if (state.state !== 'running' || record === undefined) return false;
  await writeRecord(layout, name, {...record, killed: true});
  signal(-state.pid, 'SIGKILL');
  await gone(layout, name, 10);
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}

async function gone(layout: Layout, name: string, seconds: number): Promise<boolean> {
  for (const deadline = Date.now() + seconds * 1_000; ;) {
    if ((await processState(layout, name)).state !== 'running') return true;
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
}
