import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import type {Platform} from '../e2e/platform/platform.js';

/** Engines and validators of a running system, each by the launcher's name for it and its parts. */
export class EngineProcesses {
  constructor(private readonly platform: Platform) {}

  /** Its processes, those among them that it started itself. */
  pids(names: readonly string[]): number[] {
    return names.flatMap((name) => familyOf(this.#recorded(name)));
  }

  /** SIGKILL to all at once; what they started ends with them. */
  kill(names: readonly string[]): void {
    for (const pid of names.map((name) => this.#recorded(name))) send(pid, 'SIGKILL');
  }

  start(names: readonly string[]): Promise<void> {
    return this.platform.control('start', names.join(','));
  }

  /** In order, as for maintenance. */
  stop(names: readonly string[]): Promise<void> {
    return this.platform.control('stop', names.join(','));
  }

  #recorded(name: string): number {
    return (JSON.parse(readFileSync(join(this.platform.data, `run/${name}.json`), 'utf8')) as {pid: number}).pid;
  }
}

/** @returns false for a process that is not there any more */
export function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** A process and those below it. @spec proc(5): the parent stands second behind the name, which may hold anything */
function familyOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(name)] as const);
  const family = [pid];
  for (const member of family)
    family.push(...parents.filter(([, parent]) => parent === member).map(([child]) => child));
  return family;
}

function parentOf(pid: string): number {
  try {
    return Number(/^.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
  } catch {
    return 0; // it ended while we looked
  }
}
