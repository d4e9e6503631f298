import {Readiness} from '@vitalvault/process';
import {scratchDir} from '../../test/scratch-ledger.js';
import {watchDisk} from './watch-disk.js';

const dir = scratchDir();
afterAll(() => {
  dir.remove();
});

async function told(warnBytes: number, path = dir.path): Promise<object> {
  const readiness = new Readiness();
  readiness.started = true;
  watchDisk(path, warnBytes, {readiness});
  return readiness.look();
}

test('a disk with less room than it is to have degrades, with how much is left', async () => {
  expect(await told(0)).toEqual({reasons: {}, degraded: []});
  expect(await told(Number.MAX_SAFE_INTEGER)).toMatchObject({
    reasons: {},
    degraded: [{part: 'disk', reason: expect.stringMatching(/^\d+ MiB are left where the state is/) as string}],
  });
});

test('one that cannot be looked at does too', async () => {
  expect(await told(0, `${dir.path}/gone`)).toMatchObject({
    degraded: [{part: 'disk', reason: expect.any(String) as string}],
  });
});
