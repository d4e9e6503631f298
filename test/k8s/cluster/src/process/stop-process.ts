import {setTimeout as sleep} from 'node:timers/promises';
import type {Layout} from '../layout.js';
import {removeRecord, runningPid} from './process-record.js';

// Everything that they have written is deleted next, so nobody needs longer.
const GRACE_MS = 3_000;

/** Asks a process to end, waits, and then kills it. Only the very process that was started is meant. */
export async function stopProcess(layout: Layout, name: string): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const pid = await runningPid(layout, name);
    if (pid === undefined) break;
    process.kill(pid, signal);
    for (
      const deadline = Date.now() + GRACE_MS;
      (await runningPid(layout, name)) !== undefined && Date.now() < deadline;
    )
      await sleep(50);
  }
  await removeRecord(layout, name);
}
