import {arms, quotient} from './arms.js';

test('arms share their unit', () => {
  expect(arms('ms', 'ours', 'theirs')).toEqual([
    {name: 'ours', unit: 'ms'},
    {name: 'theirs', unit: 'ms'},
  ]);
});

test('a quotient is of one round; an arm that is not there is no zero', () => {
  expect(quotient('ours', 'theirs')({ours: 3, theirs: 2})).toBe(1.5);
  expect(() => quotient('ours', 'nobody')({ours: 3, theirs: 2})).toThrow('nobody');
});
