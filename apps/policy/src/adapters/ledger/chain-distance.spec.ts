import {describe, expect, it} from '@jest/globals';
import {TEST_CHAIN} from '@vitalvault/ledger-state/testing';
import {TestValidators} from '../../../test/support/test-validators.js';
import {chainDistance} from './chain-distance.js';

const NOW = 1_800_000_000_000;
const validators = new TestValidators(TEST_CHAIN);
const header = ({height = 10n, ageSeconds = 9}: {height?: bigint; ageSeconds?: number} = {}, signers?: number) =>
  validators.sign({height, timeSeconds: BigInt(NOW / 1_000 - ageSeconds), appHash: new Uint8Array(32)}, signers);
/** Nodes that show these headers. */
const chain = (...shown: string[]) => ({trust: validators.trust, client: {headersOf: () => Promise.resolve(shown)}});
const boast = header().replaceAll('"10"', '"99999"');
const projectedTo = (height: bigint | undefined) =>
  ({
    position: () => Promise.resolve(height === undefined ? undefined : {height, timeSeconds: 0n}),
  }) as unknown as Parameters<typeof chainDistance>[1]['projection'];

const reasonOf = async (...asked: Parameters<typeof chainDistance>): Promise<string | undefined> =>
  (await chainDistance(...asked))?.reason;

describe('chainDistance', () => {
  it('tells the height at which the projection stands, if it has one', async () => {
    const ask = (height: bigint | undefined) =>
      chainDistance(chain(header()), {projection: projectedTo(height), stands: false}, NOW);
    expect(await ask(4n)).toEqual({reason: '6 blocks behind the chain', at: '4'});
    expect(await ask(undefined)).toEqual({reason: '10 blocks behind the chain'});
  });

  it('is silent while the projection follows an idle chain, whose blocks come every 10 s', async () => {
    expect(await reasonOf(chain(header()), {projection: projectedTo(9n), stands: false}, NOW)).toBeUndefined();
  });

  it.each<[string, string[]]>([
    ['none is shown', []],
    ['a node boasts of a height', [boast]],
    ['too few signed it', [header({}, 2)]],
    ['it is none', ['{}', 'null', '7', '[]', '{"header":null}', '{"header":{"height":{}}}']],
  ])('says so when no header verifies: %s', async (_what, shown) => {
    expect(await reasonOf(chain(...shown), {projection: projectedTo(10n), stands: false}, NOW)).toBe(
      'no validator shows a header that verifies',
    );
  });

  it.each<[string, string]>([
    ['boasts of a height', boast],
    ['shows an old header', header({height: 2n, ageSeconds: 900})],
    ['shows a header that too few signed', header({height: 11n}, 2)],
    ['shows nothing of use', 'null'],
  ])('goes by the newest that verifies, when the first node %s', async (_what, lie) => {
    for (const shown of [
      [lie, header()],
      [header(), lie],
      [lie, header({height: 9n, ageSeconds: 60}), header()],
    ])
      expect(await reasonOf(chain(...shown), {projection: projectedTo(9n), stands: false}, NOW)).toBeUndefined();
    expect(await reasonOf(chain(lie, header()), {projection: projectedTo(1n), stands: false}, NOW)).toBe(
      '9 blocks behind the chain',
    );
  });

  it('goes by the block that it projected, when all nodes that answer show older ones', async () => {
    const projection = {position: () => Promise.resolve({height: 10n, timeSeconds: BigInt(NOW / 1_000 - 5)})};
    expect(
      await reasonOf(chain(header({height: 2n, ageSeconds: 900})), {projection, stands: false}, NOW),
    ).toBeUndefined();
  });

  it.each([
    [4n, '6 blocks behind the chain'],
    [undefined, '10 blocks behind the chain'],
  ])('says how far the projection at %p is behind', async (height, reason) => {
    expect(await reasonOf(chain(header()), {projection: projectedTo(height), stands: false}, NOW)).toBe(reason);
  });

  it('does not say so while the follower stands: it is ready for all that needs no newer block', async () => {
    expect(await reasonOf(chain(header()), {projection: projectedTo(1n), stands: true}, NOW)).toBeUndefined();
  });

  it('says that the chain stands still, since no release could be proven then', async () => {
    expect(await reasonOf(chain(header({ageSeconds: 129})), {projection: projectedTo(10n), stands: false}, NOW)).toBe(
      'the newest block is 129 s old: the chain stands still, or this clock is ahead',
    );
  });

  it('says that this clock is behind, since no header is taken from the future', async () => {
    const ask = (ageSeconds: number) =>
      reasonOf(chain(header({ageSeconds})), {projection: projectedTo(10n), stands: false}, NOW);
    expect(await ask(-3_600)).toBe('this clock is 3600 s behind the newest block');
    expect(await ask(-10)).toBeUndefined();
  });
});
