import {LIMITS} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {PARAMETER_BOUNDS} from '@vitalvault/light-client';
import fc from 'fast-check';
import {checkStructure} from './check-structure.js';
import {
  epochStatement,
  PEOPLE,
  putGrant,
  replaceKey,
  tag,
  TEST_CHAIN,
  TEST_PORTS,
  TestLedger,
} from '../testing/index.js';
import type {TestKey} from '../testing/index.js';
import {fitsInBlock, orderProposal, sizeInBlock} from './order-proposal.js';
import type {Candidate} from './order-proposal.js';

/** More than the largest transaction that is a right. */
const RIGHT_BYTES = 24_000;

/** Of an actor who has an organisation of her own, or of one that stands before a slash. */
const candidate = (name: number, who: string, rights = false, bytes = 10): Candidate => ({
  bytes: new Uint8Array(bytes).fill(name),
  actor: who,
  organisation: who.split('/')[0] ?? '',
  rights,
  succession: false,
});
const order = (candidates: Candidate[], maxBytes = 1_000_000): number[] =>
  orderProposal(candidates, maxBytes).map((tx) => tx[0] ?? -1);

test('rights first, then the rest; signers take turns, each in its own order', () => {
  const flood = [1, 2, 3, 4].map((name) => candidate(name, 'loud'));
  expect(
    order([...flood, candidate(5, 'quiet'), candidate(6, 'loud', true), candidate(7, 'quiet'), candidate(8, 'third')]),
  ).toEqual([6, 1, 5, 8, 2, 7, 3, 4]);
});

test('organisations take turns, and the actors of each', () => {
  const flood = [1, 2, 3, 4].map((name) => candidate(name, `a/${String(name)}`));
  const own = [candidate(5, 'b/5'), candidate(6, 'b/5'), candidate(7, 'b/7')];
  expect(order([...flood, ...own])).toEqual([1, 5, 2, 7, 3, 6, 4]);
  const rights = (all: Candidate[]): Candidate[] => all.map((one) => ({...one, rights: true}));
  expect(order(rights([...flood, ...own]))).toEqual([1, 5, 2, 7, 3, 4, 6]);
});

test('rights: one of each signer first, the rest of them behind what others wait with', () => {
  const rights = [1, 2, 3].map((name) => candidate(name, 'a', true));
  expect(order([...rights, candidate(4, 'b', true), candidate(5, 'c'), candidate(6, 'a')])).toEqual([1, 4, 5, 6, 2, 3]);
});

test('successions before all, in an eighth of the block', () => {
  const succession = (name: number, bytes: number): Candidate => ({
    ...candidate(name, `key ${String(name)} succession`, true, bytes),
    succession: true,
  });
  const flood = Array.from({length: 9}, (_, i) => candidate(1, `thief ${String(i)}`, true, 100));
  expect(order([...flood, succession(2, 100)])[0]).toBe(2);
  const many = Array.from({length: 5}, () => succession(3, 48));
  expect(order([...flood, ...many], 800).slice(0, 3)).toEqual([3, 3, 1]);
});

describe('in a full block', () => {
  const bytesOf = (chosen: number[], name: number): number => chosen.filter((one) => one === name).length * 102;
  const many = (count: number, of: (i: number) => Candidate): Candidate[] =>
    Array.from({length: count}, (_, i) => of(i));
  const MOST = 102 * 40;

  test('rights have a quarter, and not all of it: 17 patients with their four each leave room', () => {
    const rights = many(17 * 4, (i) => candidate(1, `patient ${String(i % 17)}`, true, 100));
    const records = many(60, (i) => candidate(2, `storage ${String(i % 6)}`, false, 100));
    const chosen = order([...rights, ...records], MOST);
    expect([bytesOf(chosen, 1), bytesOf(chosen, 2)]).toEqual([MOST / 4, (MOST * 3) / 4]);
    expect(chosen.slice(0, 10)).toEqual(Array(10).fill(1));
  });

  test('a flood of others leaves the quarter to rights, one of each signer', () => {
    const flood = many(200, (i) => candidate(2, `storage ${String(i % 9)}`, false, 100));
    const rights = many(5, (i) => candidate(1, `patient ${String(i)}`, true, 100));
    expect(order([...flood, ...rights], MOST).slice(0, 5)).toEqual([1, 1, 1, 1, 1]);
  });

  test('one signer has a quarter while others wait, in rights and others together, and all of it when nobody does', () => {
    const loud = many(100, (i) => candidate(1, 'loud', i % 2 === 0, 100));
    expect(bytesOf(order(loud, MOST), 1)).toBe(MOST);
    const quiet = many(30, (i) => candidate(2, `quiet ${String(i)}`, false, 100));
    const chosen = order([...loud, ...quiet], MOST);
    expect([bytesOf(chosen, 1), bytesOf(chosen, 2)]).toEqual([MOST / 4, (MOST * 3) / 4]);
  });

  test('an organisation of 64 keys has the share of one', () => {
    const loud = many(128, (i) => candidate(1, `loud/${String(i % 64)}`, i % 8 === 0, 100));
    const quiet = many(30, (i) => candidate(2, `quiet ${String(i)}`, false, 100));
    const chosen = order([...loud, ...quiet], MOST);
    expect([bytesOf(chosen, 1), bytesOf(chosen, 2)]).toEqual([MOST / 4, (MOST * 3) / 4]);
  });

  test("the only organisation's rights keep its others out as little as anybody's", () => {
    const rights = many(17 * 4, (i) => candidate(1, `only/patient ${String(i % 17)}`, true, 100));
    const records = many(60, (i) => candidate(2, `only/storage ${String(i % 6)}`, false, 100));
    const chosen = order([...rights, ...records], MOST);
    expect([bytesOf(chosen, 1), bytesOf(chosen, 2)]).toEqual([MOST / 4, (MOST * 3) / 4]);
  });

  test('what only one has left fills it', () => {
    const loud = many(100, () => candidate(1, 'loud', false, 100));
    const quiet = many(3, (i) => candidate(2, `quiet ${String(i)}`, true, 100));
    const chosen = order([...loud, ...quiet], MOST);
    expect([bytesOf(chosen, 1), bytesOf(chosen, 2)]).toEqual([MOST - 306, 306]);
  });
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
      actor: fc.constantFrom('a', 'b', 'c'),
      organisation: fc.constantFrom('x', 'y'),
      rights: fc.boolean(),
      succession: fc.boolean(),
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

/** The least that a genesis may say: docs/protocol.md §10. */
const LEAST_BLOCK = Number(PARAMETER_BOUNDS.maxBlockBytes[0]);

test('the largest transaction fits a quarter of the smallest block, and the largest right an eighth', () => {
  expect(4 * sizeInBlock(LIMITS.txBytes)).toBe(LEAST_BLOCK);
  const signed = epochStatement(PEOPLE.patient);
  const epochStatements = Array(64).fill({...signed, statement: new Uint8Array(200)});
  const typeTags = Array.from({length: 64}, (_, i) => tag(i + 1));
  const {value} = replaceKey(PEOPLE.patient, PEOPLE.stranger, PEOPLE.recovery);
  const largest: [TxMessage, TestKey[]][] = [
    [{case: 'publishKeys', value: {...value, epochStatements}}, [PEOPLE.patient, PEOPLE.stranger]],
    [putGrant(PEOPLE.patient.id, PEOPLE.clinician.id, {typeTags, epochStatements}), [PEOPLE.patient]],
  ];
  for (const [message, signers] of largest) {
    const tx = new TestLedger().tx(message, signers);
    expect(checkStructure(tx, TEST_CHAIN, TEST_PORTS).ok).toBe(true);
    expect(sizeInBlock(tx.length)).toBeLessThan(LEAST_BLOCK / 8);
    expect(tx.length).toBeLessThan(RIGHT_BYTES);
  }
});

test("an organisation's largest transaction has its place beside rights of its own, whatever others wait with", () => {
  const large = candidate(1, 'only/storage', false, LIMITS.txBytes);
  const rights = Array.from({length: 90}, (_, i) => candidate(2, `only/${String(i)}`, true, 900));
  const flood = Array.from({length: 400}, (_, i) => candidate(3, `other ${String(i % 5)}`, false, 900));
  expect(order([large, ...rights, ...flood], LEAST_BLOCK)).toContain(1);
});

test('who brings a succession has her turn for a right in the same block', () => {
  const succession = {...candidate(1, 'her', true), succession: true};
  const others = Array.from({length: 90}, () => candidate(3, 'another', false));
  expect(order([succession, candidate(2, 'her', true), ...others]).slice(0, 2)).toEqual([1, 2]);
});

test('the oldest of each lane is in every block, whoever sends what behind it: nobody waits for more blocks', () => {
  const [successions, rights, others] = [
    {rights: true, succession: true, most: RIGHT_BYTES},
    {rights: true, succession: false, most: RIGHT_BYTES},
    {rights: false, succession: false, most: LIMITS.txBytes},
  ];
  const arriving = fc
    .record({
      lane: fc.constantFrom(successions, rights, others, others, others),
      who: fc.constantFrom('a/1', 'a/2', 'a/3', 'b/1', 'b/2', 'c/1', 'd/1', 'e/1'),
      part: fc.constantFrom(1, 2, 16, 64, 500),
      times: fc.constantFrom(1, 3, 60),
    })
    .map(({lane: {most, ...lane}, who, part, times}) =>
      Array.from({length: times}, () => ({...candidate(0, who, lane.rights, Math.ceil(most / part)), ...lane})),
    );
  const laneOf = ({rights: right, succession}: Candidate): number => Number(right) + Number(succession);
  const blocks = fc.array(fc.array(arriving, {maxLength: 20}), {minLength: 1, maxLength: 6});
  fc.assert(
    fc.property(blocks, fc.constantFrom(LEAST_BLOCK, LEAST_BLOCK + 1, 1_000_000), (all, maxBytes) => {
      let pool: Candidate[] = [];
      for (const fresh of all) {
        pool = [...pool, ...fresh.flat()];
        const chosen = new Set(orderProposal(pool, maxBytes));
        const left = pool.filter(({bytes}) => !chosen.has(bytes));
        for (const lane of [0, 1, 2]) {
          const oldest = pool.find((one) => laneOf(one) === lane);
          expect(oldest === undefined || chosen.has(oldest.bytes)).toBe(true);
        }
        pool = left;
      }
    }),
    {numRuns: 40},
  );
});
