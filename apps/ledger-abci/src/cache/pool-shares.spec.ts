import {LIMITS} from '@vitalvault/contracts';
import {PoolShares} from './pool-shares.js';
import type {Sharer} from './pool-shares.js';

const MIB = 1_048_576;
const {mempoolBytes, mempoolTxs} = LIMITS;

let shares: PoolShares;
beforeEach(() => {
  shares = new PoolShares();
});

type Lane = 'successions' | 'rights' | 'others';
const of = (organisation: string, actor: string, lane: Lane, bytes = 1): Sharer => ({
  actor,
  organisation,
  rights: lane !== 'others',
  succession: lane === 'successions',
  bytes,
});
/** Lets in as much as there is room for. @returns how many */
function fill(sharers: Iterable<Sharer>): number {
  let count = 0;
  for (const sharer of sharers) {
    if (!shares.admit(sharer)) return count;
    shares.count(sharer, 1);
    count++;
  }
  return count;
}
function* many(next: (i: number) => Sharer): Generator<Sharer> {
  for (let i = 0; ; i++) yield next(i);
}

describe.each<[Lane, number, {txs: number; bytes: number}]>([
  ['successions', 1, {txs: 4, bytes: MIB / 4}],
  ['rights', 3, {txs: 64, bytes: MIB / 4}],
  ['others', 12, {txs: 64, bytes: MIB}],
])('%s', (lane, sixteenths, actor) => {
  const laneBytes = (mempoolBytes * sixteenths) / 16;
  const laneTxs = (mempoolTxs * sixteenths) / 16;
  const size = 65_536;

  test('of one actor so many, and so many bytes; it hinders nobody else of its organisation', () => {
    expect(fill(many(() => of('a', 'loud', lane)))).toBe(actor.txs);
    expect(fill(many(() => of('a', 'heavy', lane, size)))).toBe(Math.min(actor.bytes / size, actor.txs));
    expect(shares.admit(of('a', 'quiet', lane, 1_000))).toBe(true);
  });

  test('of one organisation a quarter, with however many keys, members and patients', () => {
    expect(fill(many((i) => of('a', `one ${String(i)}`, lane, size)))).toBe(laneBytes / 4 / size);
    expect(shares.admit(of('a', 'the next', lane))).toBe(false);
    expect(shares.admit(of('b', 'another', lane, size))).toBe(true);
    expect(fill(many((i) => of('c', `one ${String(i)}`, lane)))).toBe(Math.floor(Math.floor(laneTxs) / 4));
    expect(shares.admit(of('b', 'another', lane))).toBe(true);
  });

  test('in all, and never the part of the others', () => {
    const organisation = (i: number): string => String(Math.floor((i * size) / (laneBytes / 4)));
    expect(fill(many((i) => of(organisation(i), `one ${String(i)}`, lane, size)))).toBe(laneBytes / size);
    expect(shares.admit(of('new', 'new', lane))).toBe(false);
    for (const other of ['successions', 'rights', 'others'] as const)
      expect(shares.admit(of('new', 'new', other))).toBe(other !== lane);
  });
});

test('what waits no more makes room', () => {
  fill(many(() => of('a', 'loud', 'others')));
  shares.count(of('a', 'loud', 'others'), -1);
  expect([shares.admit(of('a', 'loud', 'others')), shares.admit(of('a', 'loud', 'others', MIB))]).toEqual([
    true,
    false,
  ]);
});
