import {clockReason} from './clock-reason.js';

test.each([
  [undefined, undefined],
  [0, undefined],
  [10_000, undefined],
  [-10_000, undefined],
  [10_500, "this clock is 11 s ahead of storage's"],
  [-3_600_000, "this clock is 3600 s behind storage's"],
])('%p ms ahead: %p', (aheadMs, reason) => {
  expect(clockReason(aheadMs, "storage's")).toBe(reason);
});

test('what tells the time may be old, and never from the future', () => {
  expect(clockReason(59_000, 'the newest blocks', 60_000)).toBeUndefined();
  expect(clockReason(3_615_000, 'the newest blocks', 60_000)).toBe('this clock is 3615 s ahead of the newest blocks');
  expect(clockReason(-10_001, 'the newest blocks', 60_000)).toBe('this clock is 10 s behind the newest blocks');
});
