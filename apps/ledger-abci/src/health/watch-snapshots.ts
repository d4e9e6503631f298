import {readdirSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {counter, observe} from '@vitalvault/process';
import type {Logger, Readiness} from '@vitalvault/process';
import {heightOfSnapshot, snapshotName} from '../store/snapshot.js';
import type {SnapshotOutcome} from '../store/snapshots.js';

/** Seconds since the newest snapshot of a state directory was written; undefined: there is none. */
export function snapshotAge(dir: string, nowMs: number): number | undefined {
  const newest = Math.max(...readdirSync(dir).map((name) => heightOfSnapshot(name) ?? -1));
  if (newest < 0) return undefined;
  // A newer one may have taken its place meanwhile.
  const written = statSync(join(dir, snapshotName(BigInt(newest))), {throwIfNoEntry: false});
  return written && Math.max(0, (nowMs - written.mtimeMs) / 1_000);
}

/**
 * Tells how snapshots come out: the age of the newest one and how many failed as metrics, and while the last one could
 * not be written a degradation that says why.
 * @returns what takes the outcomes
 */
export function watchSnapshots(
  dir: string,
  {readiness, logger}: {readiness: Readiness; logger: Logger},
): (outcome: SnapshotOutcome) => void {
  let reason: string | undefined;
  const failures = counter('vitalvault.ledger.snapshot_failures');
  failures(0, {});
  observe('vitalvault.ledger.snapshot_age', () => snapshotAge(dir, Date.now()));
  readiness.add('snapshots', () => reason, {needed: false});
  return (outcome) => {
    if (!('error' in outcome)) {
      reason = undefined;
      const {bytes, milliseconds} = outcome;
      logger.info('snapshot written', {height: outcome.height, bytes, durationMs: milliseconds});
      return;
    }
    const {height, error} = outcome;
    const why = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : 'failed';
    reason = `the snapshot of height ${String(height)} could not be written (${why}): a start reads every block since the one before`;
    failures(1, {});
    logger.error('a snapshot could not be written; a start reads more blocks until the next one', {height, error});
  };
}
