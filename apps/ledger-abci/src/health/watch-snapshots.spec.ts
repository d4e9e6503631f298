import {jest} from '@jest/globals';
import {utimesSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Readiness} from '@vitalvault/process';
import {scratchDir} from '../../test/scratch-ledger.js';
import {snapshotName} from '../store/snapshot.js';
import {snapshotAge, watchSnapshots} from './watch-snapshots.js';

const dir = scratchDir();
afterAll(() => {
  dir.remove();
});
const WRITTEN = {bytes: 1, milliseconds: 1, longestMilliseconds: 1};

test('the age is that of the newest snapshot, and none without one', () => {
  expect(snapshotAge(dir.path, 0)).toBeUndefined();
  for (const [height, seconds] of [
    [9n, 500],
    [10n, 400],
  ] as const) {
    const path = join(dir.path, snapshotName(height));
    writeFileSync(path, '');
    utimesSync(path, seconds, seconds);
  }
  writeFileSync(join(dir.path, `${snapshotName(11n)}.tmp`), '');
  expect(snapshotAge(dir.path, 460_000)).toBe(60);
});

test('one that could not be written degrades with the reason until the next one, and is an error', async () => {
  let nowMs = 0;
  const readiness = new Readiness(() => (nowMs += 1_000));
  readiness.started = true;
  const error = jest.fn();
  const logger = {info: () => undefined, warn: () => undefined, error} as never;
  const outcome = watchSnapshots(dir.path, {readiness, logger});
  expect((await readiness.look()).degraded).toEqual([]);
  outcome({height: 20n, error: Object.assign(new Error('no space left on device'), {code: 'ENOSPC'})});
  const {reasons, degraded} = await readiness.look();
  expect(reasons).toEqual({});
  expect(degraded).toEqual([
    {
      part: 'snapshots',
      since: expect.any(String) as string,
      reason: expect.stringContaining('of height 20 could not be written (ENOSPC)') as string,
    },
  ]);
  expect(error).toHaveBeenCalledTimes(1);
  outcome({height: 30n, ...WRITTEN});
  expect((await readiness.look()).degraded).toEqual([]);
});
