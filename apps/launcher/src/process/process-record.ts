import {readFile, rename, rm, writeFile} from 'node:fs/promises';
import {readProc} from './proc.js';
import type {Layout} from '../plan/layout.js';

/**
 * What is written about a started process: $DATA/run/<name>.json. It is removed when the process is stopped in order.
 */
export interface ProcessRecord {
  pid: number;
  startTicks: string;
  startedAt: string;
  /** Set when `kill` ended it, so that `status` does not call that a crash. */
  killed?: boolean;
}

export type ProcessState =
  {state: 'running'; pid: number; startedAt: string} | {state: 'stopped'} | {state: 'killed' | 'died'; pid: number};

export async function writeRecord(layout: Layout, name: string, record: ProcessRecord): Promise<void> {
  const file = layout.record(name);
  await writeFile(`${file}.new`, JSON.stringify(record) + '\n');
  await rename(`${file}.new`, file);
}

export async function removeRecord(layout: Layout, name: string): Promise<void> {
  await rm(layout.record(name), {force: true});
}

export async function readRecord(layout: Layout, name: string): Promise<ProcessRecord | undefined> {
  const text = await readFile(layout.record(name), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as ProcessRecord;
  } catch {
    return undefined;
  }
}

/** The state of a process; a pid that now belongs to somebody else is not ours. */
export async function processState(layout: Layout, name: string): Promise<ProcessState> {
  const record = await readRecord(layout, name);
  if (record === undefined) return {state: 'stopped'};
  const entry = await readProc(record.pid);
  if (entry?.startTicks === record.startTicks) return {state: 'running', pid: record.pid, startedAt: record.startedAt};
  return {state: record.killed === true ? 'killed' : 'died', pid: record.pid};
}

export async function runningNames(layout: Layout, names: string[]): Promise<Set<string>> {
  const states = await Promise.all(names.map(async (name) => ({name, ...(await processState(layout, name))})));
  return new Set(states.filter((s) => s.state === 'running').map((s) => s.name));
}
