import {describe, expect, it} from '@jest/globals';
import {FakeChain} from '../../test/support/fake-chain.js';
import {GetHeader} from './get-header.js';

/** A chain of three blocks with one validator. */
function harness() {
  const chain = new FakeChain(1_704_067_200n);
  for (let i = 0; i < 3; i++) chain.commit([]);
  return {chain, get: new GetHeader({ledger: chain, projection: {position: async () => undefined}})};
}

describe('GetHeader', () => {
  it.each([
    [2n, 2n],
    ['latest', 3n],
  ] as const)('hands on the header of height %s', async (height, expected) => {
    const {chain, get} = harness();
    expect(await get.execute(height, {validator: 0})).toBe(chain.header(expected));
  });

  it.each([
    ['not-found', 4n, 0],
    ['invalid-field', 2n, 1],
  ])('refuses with %s height %s of validator %i', async (code, height, validator) => {
    await expect(harness().get.execute(height, {validator})).rejects.toMatchObject({code});
  });

  it('asks the validator that is named', async () => {
    const {chain, get} = harness();
    const asked: unknown[] = [];
    chain.signedHeader = (...question: unknown[]) => {
      asked.push(question);
      return Promise.resolve('{}');
    };
    await get.execute('latest', {validator: 0});
    expect(asked).toEqual([['latest', 0]]);
  });
});
