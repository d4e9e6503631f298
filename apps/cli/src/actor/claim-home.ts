import {randomBytes} from 'node:crypto';
import {linkSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {z} from 'zod';
import {CliError} from '../cli-error.js';
import {lifeOf, ownIdentity} from './process-identity.js';
import type {Life, ProcessIdentity} from './process-identity.js';

const RETRY_MS = 20;
/** Longer than any command takes that changes keys: a few transactions, each of 15 s at the most. */
const WAIT_MS = 120_000;

const claim = z.object({
  pid: z.int().min(1),
  startedAt: z.string(),
  place: z.string(),
  host: z.string(),
}) satisfies z.ZodType<ProcessIdentity>;

export interface Claiming {
  /** Milliseconds. */
  waitMs?: number | undefined;
  /** Take it over from a process that cannot be looked up from here; whoever says so knows that it is gone. */
  takeOver?: boolean | undefined;
}

/**
 * Makes this process the only one that changes a home, until it ends.
 * @throws CliError `file-locked`
 */
export async function claimHome(path: string, claiming: Claiming = {}): Promise<void> {
  process.once('exit', await claimFile(path, claiming));
}

/**
 * Takes a claim that one can have at a time. The claim of a process that is gone is void: it may have been killed. One
 * of another container or machine (a home on a shared volume), or of before a restart, may live: it is waited for, and
 * taken over only when that is asked for.
 * @returns gives it up
 * @throws CliError `file-locked`
 */
export async function claimFile(
  path: string,
  {waitMs = WAIT_MS, takeOver = false}: Claiming = {},
): Promise<() => void> {
  for (const deadline = Date.now() + waitMs; ;) {
    const own = claimed(path);
    if (own !== undefined)
      return () => {
        release(path, own);
      };
    const text = textOf(path);
    const {holder, life} = holderOf(text);
    if (life === 'dead' || (life === 'unknown' && takeOver)) release(path, text);
    else if (Date.now() > deadline) throw life === 'alive' ? busy(holder) : unseen(path, holder);
    await sleep(RETRY_MS);
  }
}

function busy(holder: ProcessIdentity | undefined): CliError {
  return new CliError('file-locked', `Process ${holder?.pid ?? ''} has been at work in this home for long.`, {
    remedy: 'Wait for it, or end it; the next command goes on with what it began.',
  });
}

function unseen(path: string, holder: ProcessIdentity | undefined): CliError {
  const who = holder === undefined ? 'somebody unknown' : `process ${holder.pid} on ${holder.host}`;
  return new CliError('file-locked', `${path} says that ${who} is at work in this home.`, {
    remedy:
      'It is of another container or machine, or of before a restart, so vv cannot see whether it lives. Look for it ' +
      'there. When it is gone for certain, run the command again with --take-over: two at once would lose keys.',
  });
}

// Made whole and then given its name, which only one can take.
function claimed(path: string): string | undefined {
  const text = JSON.stringify(ownIdentity());
  const own = aside(path);
  writeFileSync(own, text, {mode: 0o600});
  try {
    linkSync(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  } finally {
    rmSync(own);
  }
  return text;
}

/** Empty when it is gone. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** What is no claim of ours has an unknown holder. */
function holderOf(text: string): {holder?: ProcessIdentity; life: Life} {
  try {
    const holder = claim.parse(JSON.parse(text));
    return {holder, life: lifeOf(holder)};
  } catch {
    return {life: 'unknown'};
  }
}

// By renaming, so that of two who see a dead claim one takes it away, and nobody a claim that is newer.
function release(path: string, text: string): void {
  const taken = aside(path);
  try {
    if (textOf(path) !== text) return;
    renameSync(path, taken);
    if (textOf(taken) === text) rmSync(taken);
    else renameSync(taken, path);
  } catch {
    // Somebody else was faster.
  }
}

// Two containers have the same pids.
function aside(path: string): string {
  return `${path}.${randomBytes(4).toString('hex')}`;
}
