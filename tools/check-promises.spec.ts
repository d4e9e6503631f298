import {describe, expect, it} from '@jest/globals';
import {faultsOfNames, faultsOfRun, namedTests} from './check-promises.js';

const row = (rule: number, file: string, test: string): string => `| ${rule} | held | ${file} | \`${test}\` |`;
const LINK = '[a.spec.ts](../a.spec.ts)';
const all = Array.from({length: 10}, (_, i) => row(i + 1, LINK, 'holds')).join('\n');

describe('docs/promises.md', () => {
  it('names a test by its file, or a step of make test', () => {
    expect(namedTests(`| rule | promise |\n${row(3, LINK, 'a \\| b')}\n${row(4, 'make test', 'checker')}`)).toEqual([
      {rule: 3, file: 'a.spec.ts', test: 'a | b'},
      {rule: 4, file: 'make test', test: 'checker'},
    ]);
  });

  it('has no row without a test', () => {
    expect(() => namedTests('| 1 | held | |')).toThrow('names no test');
  });

  it('has a row for every rule, and no test that is not there', () => {
    const read = (file: string): string | undefined => (file === 'a.spec.ts' ? "it('holds', () => {})" : undefined);
    expect(faultsOfNames(namedTests(all), read)).toEqual([]);
    expect(faultsOfNames(namedTests(all.replace(/\n.*$/, '')), read)).toEqual(['rule 10 names no test']);
    expect(
      faultsOfNames(namedTests(`${all}\n${row(1, '[b.ts](b.ts)', 'x')}\n${row(1, LINK, 'breaks')}`), read),
    ).toEqual(['b.ts is not there', 'a.spec.ts has no test "breaks"']);
  });

  it('is not kept by a test that did not run, or did not pass', () => {
    const named = namedTests(row(1, LINK, 'holds'));
    const ran = {file: 'a.spec.ts', name: 'a promise holds', passed: true};
    expect(faultsOfRun(named, [ran])).toEqual([]);
    expect(faultsOfRun(named, [{...ran, file: 'b.spec.ts'}])).toEqual(['rule 1: a.spec.ts, "holds" did not run']);
    expect(faultsOfRun(named, [{...ran, passed: false}])).toEqual(['rule 1: a.spec.ts, "holds" did not pass']);
  });

  it('names every case of a table at once', () => {
    const named = namedTests(row(1, LINK, 'holds (%s)'));
    const cases = ['a', 'b'].map((one) => ({file: 'a.spec.ts', name: `a promise holds (${one})`, passed: true}));
    expect(faultsOfRun(named, cases)).toEqual([]);
    expect(
      faultsOfRun(named, [...cases, {file: 'a.spec.ts', name: 'a promise holds (c)', passed: false}]),
    ).toHaveLength(1);
    expect(faultsOfRun(named, [])).toHaveLength(1);
  });
});
