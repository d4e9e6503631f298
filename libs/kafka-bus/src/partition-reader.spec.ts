import {JunkMessage, NewerMessage} from '@vitalvault/contracts';
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
  timestampMs: 0n,
});

interface World {
  handled: bigint[];
  pauses: number[];
  batches: number[];
  aside: bigint[];
}

function reader(
  fail: (record: KafkaRecord, call: number) => Error | undefined,
  options: {maxBatch?: number; setAside?: (record: KafkaRecord, fault: unknown, call: number) => boolean | Error} = {},
): {world: World; reader: PartitionReader} {
  const world: World = {handled: [], pauses: [], batches: [], aside: []};
  let [calls, asides] = [0, 0];
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
        setAside: (one, fault) => {
          const kept = options.setAside?.(one, fault, ++asides) ?? false;
          if (kept === true) world.aside.push(one.offset);
          return kept instanceof Error ? Promise.reject(kept) : Promise.resolve(kept);
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

  it('takes what is before and behind a record that is set aside, and does not try that one again', async () => {
    const {world, reader: it} = reader((one) => (one.offset === 2n ? new JunkMessage('none') : undefined), {
      maxBatch: 10,
      setAside: (_one, fault) => fault instanceof JunkMessage,
    });
    await it.handle([record(1), record(2), record(3)]);
    expect([world.handled, world.aside, world.pauses]).toEqual([[1n, 3n], [2n], []]);
    expect(world.batches).toEqual([3, 1, 1, 1]);
  });

  it('stops at what is not set aside: with its own fault, not that of the setting aside', async () => {
    const {world, reader: it} = reader(() => new NewerMessage('a field'), {setAside: () => false});
    await expect(it.handle([record(1)])).rejects.toMatchObject({record: {offset: 1n}, cause: {name: 'NewerMessage'}});
    expect([world.handled, world.aside, world.pauses, world.batches]).toEqual([[], [], [], [1]]);
  });

  it('waits for the database that it is to be set aside in, and stops where that takes no more', async () => {
    const away = new DomainError('database-unavailable');
    const {world, reader: it} = reader(() => new JunkMessage('none'), {
      setAside: (_one, _fault, call) => (call <= 20 ? away : true),
    });
    await it.handle([record(1)]);
    expect([world.aside, world.pauses.length]).toEqual([[1n], 20]);
    const full = reader(() => new JunkMessage('none'), {setAside: () => new RangeError('full')});
    await expect(full.reader.handle([record(1), record(2)])).rejects.toMatchObject({
      name: 'CannotTake',
      record: {offset: 1n},
      cause: {name: 'RangeError'},
    });
    expect(full.world.aside).toEqual([]);
  });

  it('stops when the work is taken away', async () => {
    const {reader: it} = reader(() => undefined);
    await it.handle([]);
    const taken = new PartitionReader(
      {
        dispatch: () => Promise.reject(new DomainError('database-unavailable')),
        pause: () => Promise.reject(new Error('taken away')),
        setAside: () => Promise.resolve(false),
        onAttempt: () => undefined,
        onFailure: () => undefined,
      },
      {maxBatch: 1},
    );
    await expect(taken.handle([record(1)])).rejects.toThrow('taken away');
  });
});
