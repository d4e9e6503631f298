import {startMetrics} from '@vitalvault/process';
import {metricValues} from '@vitalvault/testkit';
import type {BlockFollower} from './block-follower.js';
import {watchFollowing} from './watch-following.js';

const metrics = startMetrics({service: 'spec'});
afterAll(() => metrics.shutdown());

test('a follower that has followed no block since its start tells how long that is, then the age of the newest', async () => {
  const follower: {newest: BlockFollower['newest']; silentMs: number} = {newest: undefined, silentMs: 90_000};
  watchFollowing(follower);
  const told = (name: string) => metricValues(metrics, `vitalvault_follower_${name}`);
  expect(await told('height')).toEqual({});
  expect(await told('block_age_seconds')).toEqual({'': 90});
  follower.newest = {height: 7n, timeSeconds: BigInt(Math.floor(Date.now() / 1_000) - 30)};
  expect(await told('height')).toEqual({'': 7});
  const {'': age} = await told('block_age_seconds');
  expect(age).toBeGreaterThanOrEqual(29);
  expect(age).toBeLessThan(60);
});
