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
  }) as unknown as Parameters<typeof chainDistance>[1]['projection'];

describe('chainDistance', () => {
  it('is silent while the projection follows an idle chain, whose blocks come every 10 s', async () => {
    expect(await chainDistance(chain({}), {projection: projectedTo(9n), stands: false}, NOW)).toBeUndefined();
  });

  it('says that the own validator catches up', async () => {
    expect(
      await chainDistance(
        chain({catchingUp: true, ageSeconds: 500}),
        {projection: projectedTo(10n), stands: false},
        NOW,
      ),
    ).toBe('the own validator is catching up');
  });

  it.each([
    [4n, '6 blocks behind the chain'],
    [undefined, '10 blocks behind the chain'],
  ])('says how far the projection at %p is behind', async (height, reason) => {
    expect(await chainDistance(chain({}), {projection: projectedTo(height), stands: false}, NOW)).toBe(reason);
  });

  it('does not say so while the follower stands: it is ready for all that needs no newer block', async () => {
    expect(await chainDistance(chain({}), {projection: projectedTo(1n), stands: true}, NOW)).toBeUndefined();
  });

  it('says that the chain stands still, since no release could be proven then', async () => {
    expect(await chainDistance(chain({ageSeconds: 129}), {projection: projectedTo(10n), stands: false}, NOW)).toBe(
      'the newest block is 129 s old',
    );
  });
});
