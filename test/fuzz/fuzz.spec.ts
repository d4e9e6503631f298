import {FUZZERS} from './fuzzers.js';
import {emptyTally, playBatch, rowOf, TABLE_HEAD} from './play-batch.js';

/** Another one in every run; `FUZZ_SEED=n` plays one again. `make soak` plays many. */
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const rows: string[] = [];

afterAll(() => {
  process.stdout.write(`fuzz, FUZZ_SEED=${seed}\n${TABLE_HEAD}\n${rows.join('\n')}\n`);
});

test.each(FUZZERS)(
  '$name, in $quick inputs never: $never',
  async (fuzzer) => {
    const tally = emptyTally();
    await playBatch(fuzzer, seed, fuzzer.quick, tally);
    rows.push(rowOf(fuzzer, tally));
    expect(tally.failures).toEqual([]);
    expect(Object.keys(tally.outcomes)).toEqual(expect.arrayContaining([...fuzzer.reaches]));
  },
  300_000,
);

test('make test plays at least 100,000 inputs', () => {
  expect(FUZZERS.reduce((sum, {quick}) => sum + quick, 0)).toBeGreaterThanOrEqual(100_000);
});
