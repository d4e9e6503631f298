import {optionsOf} from './options.js';
import type {Row} from './row.js';

const rows = ['1', '9', '9b'].map((number): Row => ({
  number,
  title: '',
  arms: [],
  claims: [],
  rounds: {full: 1, quick: 1},
  setup: () => ({sample: () => 1}),
}));
const numbers = (args: readonly string[]): string[] => optionsOf(args, rows).rows.map(({number}) => number);

describe('optionsOf', () => {
  it('takes all rows, or those that were named, in their own order', () => {
    expect(numbers([])).toEqual(['1', '9', '9b']);
    expect(numbers(['--rows', ''])).toEqual(['1', '9', '9b']);
    expect(numbers(['--rows=9b,1'])).toEqual(['1', '9b']);
  });

  it('names what there is not', () => {
    expect(() => numbers(['--rows=3'])).toThrow('no such row: 3; there are 1, 9, 9b');
    expect(() => numbers(['--row=1'])).toThrow();
  });

  it('knows its switches', () => {
    const off = {quick: false, large: false, profile: false, help: false};
    expect(optionsOf(['--quick', '--large'], rows)).toMatchObject({...off, quick: true, large: true});
    expect(optionsOf(['--profile', '--help'], rows)).toMatchObject({...off, profile: true, help: true});
  });
});
