import {setTimeout as sleep} from 'node:timers/promises';
import {ClusterError} from './cluster-error.js';

export interface Waiting {
  /** For the message when it takes too long. */
  what: string;
  seconds: number;
  everyMs?: number;
  /** Asked between two tries; a sentence ends the waiting. */
  hopeless?: () => Promise<string | undefined>;
}

/** Tries until `check` gives something, and returns that. A check that throws is one that has nothing yet. */
export async function waitUntil<T>(waiting: Waiting, check: () => Promise<T | undefined>): Promise<T> {
  let last = '';
  for (const deadline = Date.now() + waiting.seconds * 1_000; ;) {
    try {
      const found = await check();
      if (found !== undefined) return found;
    } catch (error) {
      last = ` ${error instanceof Error ? error.message : String(error)}`;
    }
    const end = await waiting.hopeless?.();
    if (end !== undefined) throw new ClusterError(end);
    if (Date.now() > deadline) throw new ClusterError(`${waiting.what} took more than ${waiting.seconds} s.${last}`);
    await sleep(waiting.everyMs ?? 250);
  }
}
