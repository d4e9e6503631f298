import {readFile, rename, rm, writeFile} from 'node:fs/promises';
import type {Layout} from '../layout.js';

interface ProcessRecord {
  pid: number;
  /** When the kernel started it: tells it from a later process with the same number. */
  startTicks: string;
}

/** @returns undefined when there is no such process, or only a zombie is left of it. */
async function startTicksOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // The second field is the command in parentheses and may itself contain blanks and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

export async function writeRecord(layout: Layout, name: string, pid: number): Promise<void> {
  const record: ProcessRecord = {pid, startTicks: (await startTicksOf(pid)) ?? ''};
  const file = layout.record(name);
  await writeFile(`${file}.new`, JSON.stringify(record));
  await rename(`${file}.new`, file);
}

/** The living process that was started under this name, if it still is that one. */
export async function runningPid(layout: Layout, name: string): Promise<number | undefined> {
  const text = await readFile(layout.record(name), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const record = JSON.parse(text) as ProcessRecord;
  return (await startTicksOf(record.pid)) === record.startTicks ? record.pid : undefined;
}

export async function removeRecord(layout: Layout, name: string): Promise<void> {
  await rm(layout.record(name), {force: true});
}
