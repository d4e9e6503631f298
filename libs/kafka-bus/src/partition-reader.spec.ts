import {DomainError} from '@vitalvault/errors';
import type {KafkaRecord} from './kafka-record.js';
import {PartitionReader} from './partition-reader.js';

const record = (offset: number, text = String(offset)): KafkaRecord => ({
  topic: 't',
  partition: 0,
  offset: BigInt(offset),
  key: new Uint8Array(),
  value: Buffer.from(text),
  headers: {},
  traceparent: undefined,
  timestampMs: 0,
});

interface World {
  handled: bigint[];
  pauses: number[];
  batches: number[];
}

function reader(
  fail: (record: KafkaRecord, call: number) => Error | undefined,
  options: {maxBatch?: number} = {},
): {world: World; reader: PartitionReader} {
  const world: World = {handled: [], pauses: [], batches: []};
  let calls = 0;
  return {
    world,
    reader: new PartitionReader(
      {
        dispatch: (records) => {
          calls++;
          world.batches.push(records.length);
          for (const one of records) {
            const error = fail(one, calls);
            if (error !== undefined) return Promise.reject(error);
          }
          world.handled.push(...records.map((one) => one.offset));
          return Promise.resolve();
        },
        onAttempt: () => undefined,
        onFailure: () => undefined,
        pause: (milliseconds) => Promise.resolve(void world.pauses.push(milliseconds)),
      },
      {maxBatch: options.maxBatch ?? 1, retry: {attempts: 3, firstDelayMs: 10, maxDelayMs: 25}},
    ),
  };
}

describe('PartitionReader', () => {
  it('handles in order', async () => {
    const {world, reader: it} = reader(() => undefined);
    await it.handle([record(1), record(2), record(3)]);
    expect(world.handled).toEqual([1n, 2n, 3n]);
  });

  it('stops at what fails by itself after the attempts, and touches nothing behind it', async () => {
    const {world, reader: it} = reader((one) =>
      one.offset === 2n ? new DomainError('malformed', {detail: 'words'}) : undefined,
    );
    await expect(it.handle([record(1), record(2), record(3)])).rejects.toMatchObject({
      name: 'CannotTake',
      record: {offset: 2n},
      cause: {code: 'malformed'},
    });
    expect(world.handled).toEqual([1n]);
    expect(world.pauses).toEqual([10, 20]);
  });

  it('waits for a dependency as long as it takes: that is no fault of the message', async () => {
    const {world, reader: it} = reader((_one, call) =>
      call <= 20 ? new DomainError('database-unavailable') : undefined,
    );
    await it.handle([record(1)]);
    expect(world.handled).toEqual([1n]);
    expect(Math.max(...world.pauses)).toBe(25);
  });

  it('finds the one bad record of a batch: those before it take effect', async () => {
    const {world, reader: it} = reader((one) => (one.offset === 2n ? new TypeError('x') : undefined), {maxBatch: 10});
    await expect(it.handle([record(1), record(2), record(3)])).rejects.toMatchObject({record: {offset: 2n}});
    expect(world.handled).toEqual([1n]);
  });

  it('keeps a batch together while a dependency is away', async () => {
    const {world, reader: it} = reader(
      (_one, call) => (call === 1 ? new DomainError('database-unavailable') : undefined),
      {maxBatch: 10},
    );
    await it.handle([record(1), record(2)]);
    expect(world.batches).toEqual([2, 2]);
  });

  it('stops when the work is taken away', async () => {
    const {reader: it} = reader(() => undefined);
    await it.handle([]);
    const taken = new PartitionReader(
      {
        dispatch: () => Promise.reject(new DomainError('database-unavailable')),
        pause: () => Promise.reject(new Error('taken away')),
        onAttempt: () => undefined,
        onFailure: () => undefined,
      },
      {maxBatch: 1},
    );
    await expect(taken.handle([record(1)])).rejects.toThrow('taken away');
  });
});
