import {readdir, readFile, readlink} from 'node:fs/promises';

/** A process as /proc shows it. `startTicks` tells it from a later one with the same pid. */
export interface ProcEntry {
  pid: number;
  parent: number;
  state: string;
  startTicks: string;
}

/** @returns undefined when there is no such process, or only a zombie is left of it. */
export async function readProc(pid: number): Promise<ProcEntry | undefined> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // The second field is the command in parentheses and may itself contain blanks and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = 'X', parent = '0'] = fields;
  if (state === 'Z' || state === 'X') return undefined;
  return {pid, parent: Number(parent), state, startTicks: fields[19] ?? ''};
}

/** Whether any living process has `dir` as its working directory. */
export async function isWorkedIn(dir: string): Promise<boolean> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const directories = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => undefined)));
  return directories.includes(dir);
}

/** Proportional set size in bytes of a process and all its descendants. */
export async function treePssBytes(root: number): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const entries = (await Promise.all(pids.map(readProc))).filter((e) => e !== undefined);
  const tree = new Set([root]);
  for (let grown = true; grown;) {
    const before = tree.size;
    for (const entry of entries) if (tree.has(entry.parent)) tree.add(entry.pid);
    grown = tree.size > before;
  }
  const sizes = await Promise.all([...tree].map(pssBytes));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function pssBytes(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${String(pid)}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
}
