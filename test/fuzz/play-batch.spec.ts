import {FUZZERS} from './fuzzers.js';
import {emptyTally, fuzzerNamed, rowOf, verdictOf} from './play-batch.js';
import type {Tally} from './play-batch.js';

const [fuzzer] = FUZZERS as [(typeof FUZZERS)[number]];
const passed: Tally = {inputs: 9, outcomes: {}, failures: []};
const failed: Tally = {...passed, failures: [{fuzzer: fuzzer.name, seed: 1, input: 0, why: 'x'}]};

describe('what a soak says', () => {
  it('tells what got no turn apart from what failed', () => {
    expect(verdictOf([passed, passed])).toEqual({text: '2 passed, 0 failed', good: true});
    expect(verdictOf([passed, failed])).toEqual({text: '1 passed, 1 failed', good: false});
    expect(verdictOf([passed, emptyTally()])).toEqual({
      text: '1 passed, 0 failed, 1 not played: give it more HOURS',
      good: false,
    });
    expect(rowOf(fuzzer, emptyTally())).toMatch(/not played \|$/);
  });

  it('lists the names when there is none of that name', () => {
    expect(fuzzerNamed(fuzzer.name, FUZZERS)).toBe(fuzzer);
    const told = fuzzerNamed('nosuch', FUZZERS);
    for (const {name} of FUZZERS) expect(told).toContain(`FUZZER="${name}"`);
  });
});
