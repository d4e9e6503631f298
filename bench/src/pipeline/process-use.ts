import {readFileSync, readdirSync} from 'node:fs';

/** What a process and all that it started have taken. */
export interface Use {
  /** Since they began, of what has ended too. */
  readonly cpuMs: number;
  /** Resident, shared pages by their part. */
  readonly bytes: number;
}

/** Of /proc: a hundredth of a second, on every Linux there is. */
const TICK_MS = 10;

interface Entry {
  readonly parent: number;
  readonly cpuMs: number;
}

/** Of each of these processes by name, as it is now; one that is gone is missing. */
export function usesOf(processes: ReadonlyMap<string, number>): Map<string, Use> {
  const entries = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        const entry = entryOf(name);
        return entry === undefined ? [] : [[Number(name), entry] as const];
      }),
  );
  const children = Map.groupBy(entries.keys(), (pid) => entries.get(pid)?.parent ?? 0);
  const tree = (pid: number): number[] => [pid, ...(children.get(pid) ?? []).flatMap(tree)];
  return new Map(
    [...processes]
      .filter(([, pid]) => entries.has(pid))
      .map(([name, pid]) => {
        const all = tree(pid);
        const sum = (of: (pid: number) => number): number => all.reduce((total, one) => total + of(one), 0);
        return [name, {cpuMs: sum((one) => entries.get(one)?.cpuMs ?? 0), bytes: sum(residentBytes)}];
      }),
  );
}

/** Of one process; not a number: it is gone. */
export const cpuMsOf = (pid: number): number => usesOf(new Map([['it', pid]])).get('it')?.cpuMs ?? Number.NaN;

function entryOf(pid: string): Entry | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === '') return undefined;
  // The name before it may have blanks and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return {parent: Number(fields[1]), cpuMs: ticks * TICK_MS};
}

const residentBytes = (pid: number): number =>
  Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1_024;

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
