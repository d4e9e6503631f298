import {summarise} from './statistics.js';

describe('summarise', () => {
  it('gives median, quartiles and ends of an odd count', () => {
    expect(summarise([5, 1, 4, 2, 3])).toEqual({median: 3, q1: 2, q3: 4, min: 1, max: 5, samples: 5});
  });

  it('takes the middle between two samples of an even count', () => {
    expect(summarise([4, 1, 3, 2])).toEqual({median: 2.5, q1: 1.75, q3: 3.25, min: 1, max: 4, samples: 4});
  });

  it('sorts by value, not by text', () => {
    expect(summarise([100, 9, 20]).median).toBe(20);
  });

  it('takes one sample for all of them', () => {
    expect(summarise([7])).toEqual({median: 7, q1: 7, q3: 7, min: 7, max: 7, samples: 1});
  });

  it('refuses nothing and what is no number', () => {
    expect(() => summarise([])).toThrow(RangeError);
    expect(() => summarise([1, NaN])).toThrow(RangeError);
    expect(() => summarise([1, Infinity])).toThrow(RangeError);
  });
});
