import {describe, expect, it} from '@jest/globals';
import {chainDistance} from './chain-distance.js';

const NOW = 1_800_000_000_000;
const chain = (status: {height?: bigint; ageSeconds?: number; catchingUp?: boolean}) => ({
  status: () =>
    Promise.resolve({
      height: status.height ?? 10n,
      blockTimeMs: NOW - 1_000 * (status.ageSeconds ?? 9),
      catchingUp: status.catchingUp ?? false,
    }),
});
const projectedTo = (height: bigint | undefined) =>
  ({
    position: () => Promise.resolve(height === undefined ? undefined : {height, blockTimeSeconds: 0n}),
  }) as unknown as Parameters<typeof chainDistance>[1];

describe('chainDistance', () => {
  it('is silent while the projection follows an idle chain, whose blocks come every 10 s', async () => {
    expect(await chainDistance(chain({}), projectedTo(9n), NOW)).toBeUndefined();
  });

  it('says that the own validator catches up', async () => {
    expect(await chainDistance(chain({catchingUp: true, ageSeconds: 500}), projectedTo(10n), NOW)).toBe(
      'the own validator is catching up',
    );
  });

  it.each([
    [4n, '6 blocks behind the chain'],
    [undefined, '10 blocks behind the chain'],
  ])('says how far the projection at %p is behind', async (height, reason) => {
    expect(await chainDistance(chain({}), projectedTo(height), NOW)).toBe(reason);
  });

  it('says that the chain stands still, since no release could be proven then', async () => {
    expect(await chainDistance(chain({ageSeconds: 129}), projectedTo(10n), NOW)).toBe('the newest block is 129 s old');
  });
});
