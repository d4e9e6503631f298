import fc from 'fast-check';
import {fitsInBlock, orderProposal, sizeInBlock} from './order-proposal.js';
import type {Candidate} from './order-proposal.js';

const candidate = (name: number, signer: string, rights = false, bytes = 10): Candidate => ({
  bytes: new Uint8Array(bytes).fill(name),
  signer,
  rights,
});
const order = (candidates: Candidate[], maxBytes = 1_000_000): number[] =>
  orderProposal(candidates, maxBytes).map((tx) => tx[0] ?? -1);

test('rights first, then the rest; signers take turns, each in its own order', () => {
  const flood = [1, 2, 3, 4].map((name) => candidate(name, 'loud'));
  expect(
    order([...flood, candidate(5, 'quiet'), candidate(6, 'loud', true), candidate(7, 'quiet'), candidate(8, 'third')]),
  ).toEqual([6, 1, 5, 8, 2, 7, 3, 4]);
});

test('what does not fit is left out, what fits behind it is not', () => {
  expect(
    order([candidate(1, 'a', false, 50), candidate(2, 'b', false, 60), candidate(3, 'c', false, 20)], 52 + 22),
  ).toEqual([1, 3]);
  expect(order([candidate(1, 'a', false, 50)], 51)).toEqual([]);
});

test("sizes are CometBFT's: a field number, a length, the bytes", () => {
  expect([0, 127, 128, 16_383, 16_384, 65_536].map(sizeInBlock)).toEqual([2, 129, 131, 16_386, 16_388, 65_540]);
});

test("a proposal keeps to the limit, doubles nothing, and ProcessProposal's limit takes it", () => {
  const candidates = fc.array(
    fc.record({
      signer: fc.constantFrom('a', 'b', 'c'),
      rights: fc.boolean(),
      bytes: fc.integer({min: 1, max: 300}).map((length) => new Uint8Array(length)),
    }),
    {maxLength: 40},
  );
  fc.assert(
    fc.property(candidates, fc.nat(5_000), (all, maxBytes) => {
      const chosen = orderProposal(all, maxBytes);
      expect(fitsInBlock(chosen, maxBytes)).toBe(true);
      expect(new Set(chosen).size).toBe(chosen.length);
      expect(chosen.every((tx) => all.some(({bytes}) => bytes === tx))).toBe(true);
      expect(orderProposal(all, 1_000_000)).toHaveLength(all.length);
    }),
  );
});
