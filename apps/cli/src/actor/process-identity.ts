import {readFileSync, readlinkSync} from 'node:fs';
import {hostname} from 'node:os';

/** One process among all of all machines, as it can be written into a file that they share. */
export interface ProcessIdentity {
  /** In its own namespace of process ids: the first one in every container is 1. */
  pid: number;
  /** Clock ticks since the machine was started; empty where the system does not tell. The pid alone comes again. */
  startedAt: string;
  /** Boot of the machine and namespace of process ids in which the pid means this process. */
  place: string;
  /** For people. Two machines can have the same. */
  host: string;
}

/** `unknown`: it is of another machine, of another container, or of before a restart, and cannot be looked up here. */
export type Life = 'alive' | 'dead' | 'unknown';

export function ownIdentity(): ProcessIdentity {
  const {pid} = process;
  return {pid, startedAt: startOf(pid), place: ownPlace(), host: hostname()};
}

/** Whether the process lives; never `dead` of one that may live. */
export function lifeOf({pid, startedAt, place}: ProcessIdentity): Life {
  if (place !== ownPlace()) return 'unknown';
  if (!answers(pid)) return 'dead';
  const now = startOf(pid);
  return now === '' || startedAt === '' || now === startedAt ? 'alive' : 'dead';
}

// Where there is no /proc (macOS) there are no containers either: the host's name stands for the machine.
function ownPlace(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return `host ${hostname()}`;
  }
}

// Field 22 of proc_pid_stat(5), counted behind the name, which may hold anything.
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
