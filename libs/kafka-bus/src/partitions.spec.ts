import {jest} from '@jest/globals';
import {Standstill, createLogger} from '@vitalvault/process';
import type {TopicPosition} from '@vitalvault/process';
import {madeStep} from '@vitalvault/process/testing';
import {Partitions} from './partitions.js';
import {StandingLanes} from './standing-lanes.js';
import type {Place} from './standing-lanes.js';

const logger = createLogger({service: 'spec', level: 'fatal'});
const place: Place = {topic: 't', partition: 0};
const at = (next: bigint): TopicPosition => madeStep(undefined, next).to;

/** One partition whose database and Kafka are what `now` says. */
function harness(given: {stored?: bigint; low?: bigint; high?: bigint} = {}) {
  jest.useFakeTimers();
  const now = {stored: given.stored, cluster: 'made', low: given.low ?? 0n, high: given.high ?? 10n, away: false};
  const [steps, notes] = [[] as string[], [] as unknown[]];
  const standstill = new Standstill({part: 'spec', logger});
  const standing = new StandingLanes(standstill);
  const partitions = new Partitions({
    offsets: {
      load: () =>
        now.away
          ? Promise.reject(new Error('away'))
          : Promise.resolve(now.stored === undefined ? undefined : at(now.stored)),
      all: () => Promise.resolve([]),
      note: (_topic, _partition, stands) => Promise.resolve(void notes.push(stands)),
    },
    view: {partitions: () => Promise.resolve(new Map([[0, {cluster: now.cluster, low: now.low, high: now.high}]]))},
    standing,
    logger,
    onAttempt: () => undefined,
    pause: () => steps.push('pause'),
    resumeAt: (_place, offset) => steps.push(`read from ${String(offset)}`),
  });
  const assign = async (): Promise<void> => {
    partitions.assign(new Map([['t', [0]]]));
    await jest.advanceTimersByTimeAsync(0);
  };
  const taken = () => {
    const found = partitions.at(place);
    if (found === undefined) throw new Error('not taken');
    return found;
  };
  return {assign, notes, now, partitions, places: () => standstill.places, steps, taken};
}

afterEach(() => {
  jest.useRealTimers();
});

describe('Partitions', () => {
  it('reads nothing before the position is known and compared', async () => {
    const {assign, partitions, steps} = harness({stored: 5n});
    const assigning = assign();
    expect([partitions.at(place), steps]).toEqual([undefined, ['pause']]);
    await assigning;
    expect(steps).toEqual(['pause', 'read from 4']);
    expect(partitions.at(place)?.next).toBe(5n);
  });

  it('waits for a database that is away, as long as it takes', async () => {
    const {assign, now, partitions, steps} = harness({stored: 5n});
    now.away = true;
    await assign();
    await jest.advanceTimersByTimeAsync(60_000);
    expect([partitions.at(place), steps]).toEqual([undefined, ['pause']]);
    now.away = false;
    await jest.advanceTimersByTimeAsync(5_000);
    expect(steps).toEqual(['pause', 'read from 4']);
  });

  it('stands in the open where Kafka does not continue it, and goes on when it does', async () => {
    const {assign, notes, now, partitions, places, steps} = harness({stored: 5n, high: 3n});
    await assign();
    const reason = 'records are gone: stored is offset 5, Kafka ends at 3';
    expect(places()).toMatchObject([{part: 'spec', at: 't/0/5', reason: `PositionFault: ${reason}`}]);
    expect([partitions.at(place), steps.includes('read from 4'), notes]).toEqual([undefined, false, [reason]]);
    [now.stored, now.high] = [0n, 3n];
    await jest.advanceTimersByTimeAsync(15_000);
    expect([places(), steps.at(-1), notes.at(-1)]).toEqual([[], 'read from 0', undefined]);
  });

  it('looks anew once when a batch begins elsewhere, and stands when it does so again', async () => {
    const {assign, partitions, places, steps, taken} = harness({stored: 5n});
    await assign();
    partitions.refuse(taken(), {kind: 'again', reason: 'elsewhere'});
    await jest.advanceTimersByTimeAsync(0);
    expect([steps, places()]).toEqual([['pause', 'read from 4', 'pause', 'read from 4'], []]);
    partitions.refuse(taken(), {kind: 'again', reason: 'elsewhere'});
    expect([partitions.at(place), places()]).toMatchObject([undefined, [{reason: 'PositionFault: elsewhere'}]]);
  });

  it('takes again what a database lacks that went back, and only then', async () => {
    const {assign, now, partitions, steps, taken} = harness({stored: 5n});
    await assign();
    const before = partitions.nexts();
    for (const next of [5n, 6n]) partitions.compareWith(before, new Map([['t/0', at(next)]]));
    expect(steps).toHaveLength(2);
    now.stored = 3n;
    partitions.compareWith(before, new Map([['t/0', at(3n)]]));
    await jest.advanceTimersByTimeAsync(0);
    expect([steps.at(-1), taken().next]).toEqual(['read from 2', 3n]);
    now.stored = undefined;
    partitions.compareWith(partitions.nexts(), new Map());
    await jest.advanceTimersByTimeAsync(0);
    expect(steps.at(-1)).toBe('read from 0');
  });

  it('forgets what it found when the partition went to another process meanwhile', async () => {
    const {partitions, steps} = harness({stored: 5n});
    partitions.assign(new Map([['t', [0]]]));
    partitions.assign(new Map());
    await jest.advanceTimersByTimeAsync(0);
    expect([partitions.at(place), steps]).toEqual([undefined, ['pause']]);
  });
});
