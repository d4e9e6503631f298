import {createLogger} from '../logging/create-logger.js';
import {Standstill} from './standstill.js';

function standing() {
  const [lines, clock] = [[] as Record<string, unknown>[], {ms: 0}];
  const logger = createLogger({
    service: 'spec',
    destination: {write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>)},
  });
  return {lines, clock, follower: new Standstill({part: 'kafka-consumer', logger, now: () => clock.ms})};
}

const unreadable = Object.assign(new Error('unknown field in Body'), {name: 'NotCanonicalError'});

describe('Standstill', () => {
  it('tells once where it stands and why, again after ten minutes, and that it goes on', () => {
    const {lines, clock, follower} = standing();
    for (const ms of [0, 1_000, 599_999]) {
      clock.ms = ms;
      follower.stopped('t/3/77', unreadable, 't/3');
    }
    expect(lines).toMatchObject([
      {level: 'error', part: 'kafka-consumer', at: 't/3/77', reason: 'NotCanonicalError: unknown field in Body'},
    ]);
    clock.ms = 600_000;
    follower.stopped('t/3/77', unreadable, 't/3');
    follower.stopped('t/3/78', unreadable, 't/3');
    follower.goesOn('t/3');
    follower.goesOn('t/3');
    expect(lines.map(({level, at}) => [level, at])).toEqual([
      ['error', 't/3/77'],
      ['error', 't/3/77'],
      ['error', 't/3/78'],
      ['info', 't/3/78'],
    ]);
  });

  it('stands at several places at once, and names the first to who needs what is behind it', () => {
    const {clock, follower} = standing();
    expect(() => follower.mustGoOn()).not.toThrow();
    follower.stopped('t/3/77', new TypeError('words of somebody'), 't/3');
    clock.ms = 5_000;
    follower.stopped('t/3/77', new TypeError('words of somebody'), 't/3');
    follower.stopped('t/1/5', unreadable, 't/1');
    expect(follower.places).toEqual([
      {part: 'kafka-consumer', at: 't/3/77', since: '1970-01-01T00:00:00.000Z', reason: 'TypeError'},
      {
        part: 'kafka-consumer',
        at: 't/1/5',
        since: '1970-01-01T00:00:05.000Z',
        reason: 'NotCanonicalError: unknown field in Body',
      },
    ]);
    expect(() => follower.mustGoOn({txId: 'ab'})).toThrow(
      expect.objectContaining({
        code: 'follower-stopped',
        detail: 'kafka-consumer stands at t/3/77.',
        meta: {txId: 'ab'},
        retryAfterSeconds: 30,
      }) as Error,
    );
    follower.goesOn('t/3');
    expect(follower.places).toHaveLength(1);
  });
});
