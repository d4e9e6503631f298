import {appendFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {scratchDir} from '../../test/scratch-ledger.js';
import {Segment} from '../store/segment.js';
import {snapshotName} from '../store/snapshot.js';
import {storeSizes} from './store-sizes.js';

const dir = scratchDir();
afterAll(() => {
  dir.remove();
});

test('all changelogs and snapshots are counted, the newest as it grows, and no other file', async () => {
  const write = (name: string, bytes: number): void => writeFileSync(join(dir.path, name), Buffer.alloc(bytes));
  const sizes = storeSizes(dir.path);
  expect(await sizes()).toEqual({changelogs: 0, snapshots: 0});
  write(Segment.nameOf(1), 100);
  write(Segment.nameOf(50), 20);
  write(snapshotName(49n), 7);
  write(`${snapshotName(60n)}.tmp`, 1_000);
  expect(await sizes()).toEqual({changelogs: 120, snapshots: 7});
  appendFileSync(join(dir.path, Segment.nameOf(50)), Buffer.alloc(5));
  expect(await sizes()).toEqual({changelogs: 125, snapshots: 7});
  // It grew once more before the next one began.
  appendFileSync(join(dir.path, Segment.nameOf(50)), Buffer.alloc(5));
  write(Segment.nameOf(70), 1);
  expect(await sizes()).toEqual({changelogs: 131, snapshots: 7});
});
