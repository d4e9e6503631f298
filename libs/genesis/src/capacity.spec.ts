import {DEFAULT_CAPACITY, memoryFor} from './capacity.js';

it('of the defaults is what a validator of the defaults has: a heap of 192 MiB in 448 MiB', () => {
  expect(memoryFor(DEFAULT_CAPACITY)).toEqual({heapMiB: 184, memoryMiB: 448});
});

it('grows with both, and is never less than what is there without either', () => {
  const least = memoryFor({keys: 0, leaves: 0});
  expect(least).toEqual({heapMiB: 107, memoryMiB: 200});
  expect(memoryFor({keys: 1_048_576, leaves: 0})).toEqual({heapMiB: 569, memoryMiB: 1_500});
  expect(memoryFor({keys: 0, leaves: 1_048_576})).toEqual({heapMiB: 142, memoryMiB: 330});
});
