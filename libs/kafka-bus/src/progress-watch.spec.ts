import {ProgressWatch} from './progress-watch.js';

describe('ProgressWatch', () => {
  it('tells a hang: messages wait and nothing is tried', () => {
    const watch = new ProgressWatch(100);
    watch.observe({lag: 5, attempts: 3}, 0);
    expect(watch.observe({lag: 5, attempts: 3}, 10)).toBe(false);
    expect(watch.observe({lag: 9, attempts: 3}, 109)).toBe(false);
    expect(watch.observe({lag: 9, attempts: 3}, 110)).toBe(true);
  });

  it.each([
    ['nothing waits', {lag: 0, attempts: 3}],
    ['Kafka is away', {lag: undefined, attempts: 3}],
    ['a handler is tried', {lag: 5, attempts: 4}],
  ])('is quiet while %s', (_what, now) => {
    const watch = new ProgressWatch(100);
    watch.observe({lag: 5, attempts: 3}, 0);
    watch.observe({lag: 5, attempts: 3}, 10);
    expect(watch.observe(now, 200)).toBe(false);
    expect(watch.observe({lag: 5, attempts: now.attempts}, 201)).toBe(false);
  });
});
