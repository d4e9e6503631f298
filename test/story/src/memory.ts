import {readFileSync, readdirSync} from 'node:fs';

/**
 * Sum of PSS (shared pages counted once) of processes and all their descendants; MiB. Processes that ended count
 * nothing.
 */
export function memoryMiB(pids: readonly number[]): number {
  const children = childrenOf();
  const all = new Set<number>();
  const walk = (pid: number): void => {
    if (all.has(pid)) return;
    all.add(pid);
    for (const child of children.get(pid) ?? []) walk(child);
  };
  for (const pid of pids) walk(pid);
  return [...all].reduce((sum, pid) => sum + pssKiB(pid), 0) / 1024;
}

function childrenOf(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = Number(/^\d+ \(.*\) \S (\d+)/s.exec(read(`/proc/${name}/stat`))?.[1] ?? 0);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  return children;
}

function pssKiB(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
