import {execFileSync} from 'node:child_process';
import {arch, cpus, freemem, loadavg, release, totalmem, type} from 'node:os';

/** What a figure was measured on. Names no machine. */
export interface Fingerprint {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly freeGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly go: string;
  /** Processes that ran or waited in the last minute before the start. */
  readonly load: number;
  readonly commit: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Above this share of the cores somebody else is at work. */
const QUIET_SHARE = 0.5;

export function fingerprint(): Fingerprint {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGiB: gibibytes(totalmem()),
    freeGiB: gibibytes(freemem()),
    kernel: `${type()} ${release()} ${arch()}`,
    node: process.versions.node,
    go: outputOf('go', ['env', 'GOVERSION']),
    load: loadavg()[0] ?? 0,
    commit: outputOf('git', ['describe', '--always', '--dirty']),
    at: new Date().toISOString(),
  };
}

/** A warning when the machine is not this bench's alone; undefined when it is quiet. */
export function busyWarning({load, cores}: Pick<Fingerprint, 'load' | 'cores'>): string | undefined {
  if (load <= QUIET_SHARE * cores) return undefined;
  const found = `The load was ${load.toFixed(1)} on ${String(cores)} cores before the first row`;
  return `${found}: other work ran beside it. Ratios bear that, absolute figures do not.`;
}

const gibibytes = (bytes: number): number => Math.round((bytes / 1024 ** 3) * 10) / 10;

function outputOf(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, {cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'ignore']})
      .toString()
      .trim();
  } catch {
    return 'not there';
  }
}
