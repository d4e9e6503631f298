import {describe, expect, it} from '@jest/globals';
import {TEST_CHAIN} from '@vitalvault/ledger-state/testing';
import {TestValidators} from '../../../test/support/test-validators.js';
import {chainDistance} from './chain-distance.js';

const NOW = 1_800_000_000_000;
const validators = new TestValidators(TEST_CHAIN);
const chain = ({height = 10n, ageSeconds = 9}: {height?: bigint; ageSeconds?: number} = {}, forged = '') => ({
  trust: validators.trust,
  client: {
    lightBlock: () => {
      const timeSeconds = BigInt(NOW / 1_000 - ageSeconds);
      const json = validators.sign({height, timeSeconds, appHash: new Uint8Array(32)});
      return Promise.resolve(forged === '' ? json : json.replaceAll(`"${String(height)}"`, `"${forged}"`));
    },
  },
});
const projectedTo = (height: bigint | undefined) =>
  ({
    position: () => Promise.resolve(height === undefined ? undefined : {height, blockTimeSeconds: 0n}),
  }) as unknown as Parameters<typeof chainDistance>[1]['projection'];

describe('chainDistance', () => {
  it('is silent while the projection follows an idle chain, whose blocks come every 10 s', async () => {
    expect(await chainDistance(chain({}), {projection: projectedTo(9n), stands: false}, NOW)).toBeUndefined();
  });

  it('does not believe a node that boasts of a height', async () => {
    expect(await chainDistance(chain({}, '99999'), {projection: projectedTo(10n), stands: false}, NOW)).toBe(
      'a validator shows a header that does not verify: header-commit-mismatch',
    );
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
      'the newest block is 129 s old: the chain stands still, or this clock is ahead',
    );
  });

  it('says that this clock is behind, since no header is taken from the future', async () => {
    const ask = (ageSeconds: number) =>
      chainDistance(chain({ageSeconds}), {projection: projectedTo(10n), stands: false}, NOW);
    expect(await ask(-3_600)).toBe('this clock is 3600 s behind the newest block');
    expect(await ask(-10)).toBeUndefined();
  });
});
