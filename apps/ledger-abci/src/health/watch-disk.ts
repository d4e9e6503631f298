import {statfs} from 'node:fs/promises';
import {observe, recently} from '@vitalvault/process';
import type {Readiness} from '@vitalvault/process';
import {storeSizes} from './store-sizes.js';

const MIB = 1_048_576;
const SIZES_EVERY_MS = 60_000;
const inMiB = (bytes: number): string => `${String(Math.floor(bytes / MIB))} MiB`;

/** Tells how much room the disk of the state has left, and degrades before there is none: a full one ends consensus. */
export function watchDisk(dir: string, warnBytes: number, {readiness}: {readiness: Readiness}): void {
  let free: number | undefined;
  observe('vitalvault.ledger.disk_free', () => free);
  const sizes = recently(SIZES_EVERY_MS, storeSizes(dir));
  observe('vitalvault.ledger.store', async () => {
    const {changelogs, snapshots} = await sizes();
    return [
      {labels: {store: 'changelogs'}, value: changelogs},
      {labels: {store: 'snapshots'}, value: snapshots},
    ] as const;
  });
  readiness.add(
    'disk',
    async () => {
      const {bavail, bsize} = await statfs(dir);
      free = bavail * bsize;
      return free < warnBytes
        ? `${inMiB(free)} are left where the state is, less than ${inMiB(warnBytes)}: enlarge its volume`
        : undefined;
    },
    {needed: false},
  );
}
