import {epochCovers} from './check-epoch.js';

const epochs = [
  {epoch: 1, fromSlot: 100},
  {epoch: 2, fromSlot: 200},
];

// docs/protocol.md §3.5: inclusive at both ends.
it.each([
  [1, 99, false],
  [1, 100, true],
  [1, 199, true],
  [1, 200, true],
  [1, 201, false],
  [2, 199, false],
  [2, 200, true],
  [2, 9_999, true],
  [3, 300, false],
])('epoch %i covers slot %i: %s', (epoch, slot, covers) => {
  expect(epochCovers(epochs, epoch, slot)).toBe(covers);
});
