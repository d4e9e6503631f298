import {createLogger, Standstill} from '@vitalvault/process';
import {madeStep} from '@vitalvault/process/testing';
import {BacklogLook} from './backlog-look.js';
import type {KafkaView} from './kafka-view.js';
import {Partitions} from './partitions.js';
import {StandingLanes} from './standing-lanes.js';

const HOUR_MS = 3_600_000;
const logger = createLogger({service: 'spec', level: 'fatal'});

interface Made {
  /** Stored position; undefined: none. */
  readonly next?: bigint;
  readonly stands?: string;
  readonly low?: bigint;
  /** Age in hours of each message from `low` on. */
  readonly ages: readonly number[];
}

/** A topic of these partitions, none of which this process has. */
function harness(made: readonly Made[], fromEnd = false): BacklogLook {
  const all = new Map(made.map((one, partition) => [partition, one]));
  const lowOf = ({low = 0n}: Made): bigint => low;
  const partitions = new Map(
    [...all].map(([n, one]) => [n, {cluster: 'made', low: lowOf(one), high: lowOf(one) + BigInt(one.ages.length)}]),
  );
  const nowMs = Date.now();
  const view = {
    partitions: () => Promise.resolve(partitions),
    firstSince: (_topic: string, timeMs: number) =>
      Promise.resolve(
        new Map(
          [...all].map(([n, one]) => {
            const place = one.ages.findIndex((hours) => nowMs - hours * HOUR_MS >= timeMs);
            return [n, lowOf(one) + BigInt(place < 0 ? one.ages.length : place)];
          }),
        ),
      ),
  } as unknown as KafkaView;
  const offsets = {
    load: () => Promise.resolve(undefined),
    note: () => Promise.resolve(),
    all: () =>
      Promise.resolve(
        [...all].flatMap(([partition, {next, stands}]) =>
          next === undefined ? [] : [{topic: 't', partition, position: madeStep(undefined, next).to, stands}],
        ),
      ),
  };
  const none = (): void => undefined;
  const standing = new StandingLanes(new Standstill({part: 'spec', logger}));
  const book = new Partitions({offsets, view, standing, logger, pause: none, resumeAt: none, onAttempt: none});
  return new BacklogLook({topics: () => ['t'], groupId: 'g', offsets, view, partitions: book, fromEnd});
}

describe('BacklogLook', () => {
  it.each<[string, Made[], number, number]>([
    ['nothing waits', [{next: 3n, ages: [5, 4, 3]}], 0, 0],
    ['nobody has taken anything yet', [{ages: [5, 4, 3]}], 3, 5],
    ['some of a partition waits that another process has, or nobody', [{next: 1n, ages: [5, 4, 3]}], 2, 4],
    [
      'a position is ahead of its partition, and hides no other',
      [
        {next: 90n, ages: []},
        {next: 1n, ages: [9, 2]},
      ],
      1,
      2,
    ],
    ['one that is ahead of its partition has taken nothing of it', [{next: 90n, ages: [7, 6]}], 2, 7],
    ['one that stands has taken nothing of what is there', [{next: 2n, stands: 'another Kafka', ages: [8, 1]}], 2, 8],
    ['retention passed: what is left waits', [{next: 1n, low: 5n, ages: [6]}], 1, 6],
    [
      'the oldest is in the second',
      [
        {next: 0n, ages: [1]},
        {next: 0n, ages: [30]},
      ],
      2,
      30,
    ],
  ])('%s', async (_, made, unconsumed, oldestHours) => {
    const look = harness(made);
    expect(look.backlog()).toBeUndefined();
    expect(await look.look()).toBe(0);
    const found = look.backlog();
    expect(found?.unconsumed).toBe(unconsumed);
    expect(found?.oldestUnconsumedMs).toBeGreaterThanOrEqual(oldestHours * HOUR_MS - 1);
    expect(found?.oldestUnconsumedMs).toBeLessThan(oldestHours * HOUR_MS * 1.11 + 1_000);
  });

  it('nothing waits for one that begins at the end', async () => {
    const look = harness([{ages: [9, 2]}], true);
    await look.look();
    expect(look.backlog()).toMatchObject({unconsumed: 0});
  });
});
