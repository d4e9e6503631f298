import {linkSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {CliError} from '../cli-error.js';

const RETRY_MS = 50;
/** Longer than any command takes that changes keys: a few transactions, each of 15 s at the most. */
const WAIT_MS = 120_000;

/**
 * Makes this process the only one that changes a home, until it ends. A claim whose process is gone is void: it may
 * have been killed.
 * @throws CliError `file-locked`
 */
export async function claimHome(path: string, waitMs = WAIT_MS): Promise<void> {
  for (const deadline = Date.now() + waitMs; ;) {
    if (claimed(path)) return;
    const holder = holderOf(path);
    if (holder !== undefined && !isAlive(holder)) release(path, holder);
    else if (Date.now() > deadline)
      throw new CliError('file-locked', `Process ${holder ?? '(unknown)'} has been at work in this home for long.`, {
        remedy: `Wait for it, or end it. If it is no vv, remove ${path}.`,
      });
    await sleep(RETRY_MS);
  }
}

// Made whole and then given its name, which only one can take.
function claimed(path: string): boolean {
  const own = `${path}.${process.pid}.new`;
  writeFileSync(own, String(process.pid), {mode: 0o600});
  try {
    linkSync(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own);
  }
  process.once('exit', () => {
    release(path, process.pid);
  });
  return true;
}

/** @returns undefined when it is gone, or no number */
function holderOf(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

// By renaming, so that of two who see a dead claim one takes it away, and nobody a claim that is newer.
function release(path: string, pid: number): void {
  const aside = `${path}.${process.pid}`;
  try {
    if (holderOf(path) !== pid) return;
    renameSync(path, aside);
    if (holderOf(aside) === pid) rmSync(aside);
    else renameSync(aside, path);
  } catch {
    // Somebody else was faster.
  }
}
