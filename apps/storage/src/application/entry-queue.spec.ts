import {jest} from '@jest/globals';
import {RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {decodeCanonical, toHex} from '@vitalvault/contracts';
import fc from 'fast-check';
import {nothing} from '../../test/contracts/stores-fixture.js';
import {MemoryStores} from '../../test/support/memory-stores.js';
import {sampleRecord} from '../../test/support/sample-records.js';
import {storeAll} from '../../test/support/store-all.js';
import {EntryQueue} from './entry-queue.js';
import type {EntryToAnchor} from './ports.js';

const SLOT = 490_000;
const head = {height: 5n, blockTime: BigInt(SLOT) * 3_600n};
const KEY = 'key';
const id = (first: number, second = 0): Uint8Array => Uint8Array.from([first, second, ...new Uint8Array(18).fill(1)]);

/** What an owner has waiting: of each device its numbers, and how many tokens she has. */
interface Owner {
  readonly devices: readonly (readonly number[])[];
  readonly tokens?: number;
}

async function world(owners: readonly Owner[]) {
  const clock = {ms: 1_000};
  const stores = new MemoryStores(() => clock.ms);
  for (const [whose, {devices, tokens}] of owners.entries()) {
    for (const [which, numbers] of devices.entries())
      await keep(stores, {patient: id(whose), device: id(whose, which), numbers});
    if (tokens !== undefined)
      stores.buckets.set(`owner/${toHex(id(whose))}`, {tokens: BigInt(tokens), time: head.blockTime});
  }
  const onLost = jest.fn();
  const queue = new EntryQueue({now: () => clock.ms, parameters: stores.parameters, onLost}, stores);
  return {stores, clock, onLost, queue};
}

async function keep(
  stores: MemoryStores,
  {patient, device, numbers}: {patient: Uint8Array; device: Uint8Array; numbers: readonly number[]},
): Promise<void> {
  const records = numbers.map((sequence) => sampleRecord({patient, device, sequence: BigInt(sequence), slot: SLOT}));
  await stores.take({records});
  await storeAll(stores);
}

function numbersOf(entries: readonly EntryToAnchor[]): {owner: number; device: number; sequence: number}[] {
  return entries.map(({content}) => {
    if (content.entry.case !== 'record') throw new Error('a record');
    const {patient, device, sequence} = decodeCanonical(RecordHeaderSchema, content.entry.value.header as Uint8Array);
    return {owner: patient[0] ?? 0, device: device[1] ?? 0, sequence: Number(sequence)};
  });
}

let signed = 0;
async function send(stores: MemoryStores, entries: readonly EntryToAnchor[]): Promise<string> {
  const txId = `tx${String(++signed)}`;
  const expiry = {expiresAtHeight: 100n, expiresAtTime: head.blockTime + 100n};
  await stores.sign(KEY, entries, () => ({txId, txHash: '', tx: new Uint8Array(), ...expiry, traceparent: undefined}));
  return txId;
}

const from = (first: number, count: number): number[] => Array.from({length: count}, (_, index) => first + index);

describe('EntryQueue', () => {
  it('sends nothing above the window of 1,024, and counts who waits for a number that never came', async () => {
    const {queue, stores, clock} = await world([
      {devices: [[...from(1_025, 30)]]},
      {devices: [[1_024, 1_025]]},
      {devices: [[2]]},
    ]);
    expect(numbersOf(await queue.next(head))).toEqual([
      {owner: 1, device: 0, sequence: 1_024},
      {owner: 2, device: 0, sequence: 2},
    ]);
    await queue.next(head);
    expect(queue.held).toBe(1);
    // The missing number comes: all that was acknowledged goes to the ledger, in the order of its numbers.
    const [device, patient] = [toHex(id(0)), toHex(id(0))];
    await stores.apply({
      at: {height: 1n, blockTime: head.blockTime},
      facts: {...nothing, taken: [{device, patient, registration: 1, sequence: 1n}]},
    });
    clock.ms += 2_000;
    expect(numbersOf(await queue.next(head)).filter(({owner}) => owner === 0)).toEqual([
      {owner: 0, device: 0, sequence: 1_025},
    ]);
  });

  it('sends no more than owner, device and organisation have tokens for, what is under way included', async () => {
    const {queue, stores, clock} = await world([
      {devices: [from(1, 50)], tokens: 3},
      {devices: [from(1, 50), from(1, 50)]},
    ]);
    stores.buckets.set(`device/${toHex(id(1, 0))}`, {tokens: 2n, time: head.blockTime});
    const count = (entries: readonly EntryToAnchor[]) => {
      const found = numbersOf(entries);
      return [
        found.filter(({owner}) => owner === 0).length,
        found.filter((one) => one.owner === 1 && one.device === 0).length,
      ];
    };
    const first = await queue.next(head);
    expect([first.length, ...count(first)]).toEqual([55, 3, 2]);
    await send(stores, first);
    expect(await queue.next(head)).toEqual([]);
    clock.ms += 60_000;
    // A minute later each bucket has six more.
    const later = {height: 6n, blockTime: head.blockTime + 60n};
    expect(count(await queue.next(later))).toEqual([6, 6]);
    stores.buckets.set('organisation/', {tokens: 60n, time: later.blockTime});
    expect(await queue.next(later)).toHaveLength(5);
  });

  it('waits with a record of an hour to come, and with what was refused for now', async () => {
    const {queue, stores, clock} = await world([{devices: [[1, 2]]}]);
    const early = sampleRecord({patient: id(7), device: id(7), slot: SLOT + 2});
    await stores.take({records: [early]});
    await storeAll(stores);
    for (const row of stores.rows.values()) if (row.record.sequence === 2n) row.retryAtMs = 5_000;
    expect(await queue.next(head)).toHaveLength(1);
    clock.ms = 5_000;
    expect(await queue.next({height: 6n, blockTime: head.blockTime + 3_600n})).toHaveLength(3);
  });

  it('sends what a removed device has when the ledger refuses all of it, so that it is said', async () => {
    const {queue, stores, clock} = await world([{devices: [[5_000]]}]);
    expect(await queue.next(head)).toEqual([]);
    await stores.apply({
      at: {height: 1n, blockTime: head.blockTime},
      facts: {...nothing, removals: [{device: toHex(id(0)), registration: 1}]},
    });
    expect(await queue.next(head)).toEqual([]);
    clock.ms += 86_401_000;
    expect(await queue.next({height: 6n, blockTime: head.blockTime + 86_401n})).toHaveLength(1);
  });

  it('looks again at who could send nothing after a second, then longer, at most a minute; what comes wakes her', async () => {
    const {queue, stores, clock} = await world([{devices: [[2_000]]}]);
    const asked = jest.spyOn(stores, 'entriesOf');
    const looks = jest.spyOn(stores, 'looked');
    const rests: number[] = [];
    for (let second = 0; second < 200; second++) {
      const before = looks.mock.calls.flatMap(([found]) => found).length;
      expect(await queue.next(head)).toEqual([]);
      if (looks.mock.calls.flatMap(([found]) => found).length > before) rests.push(second);
      clock.ms += 1_000;
    }
    expect(rests).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183]);
    expect(asked).not.toHaveBeenCalled();
    await keep(stores, {patient: id(0), device: id(0), numbers: [1]});
    expect(numbersOf(await queue.next(head))).toEqual([{owner: 0, device: 0, sequence: 1}]);
    expect(queue.held).toBe(0);
  });

  it('a device with a backlog keeps no other device of its owner out', async () => {
    const {queue} = await world([{devices: [...from(0, 12).map(() => from(1, 30)), [1]]}]);
    const seen = new Set<number>();
    for (let round = 0; round < 13 && !seen.has(12); round++)
      for (const {device} of numbersOf(await queue.next(head))) seen.add(device);
    expect(seen.has(12)).toBe(true);
  });

  it.each([
    {count: 12, wokenMs: Infinity},
    {count: 20, wokenMs: Infinity},
    {count: 20, wokenMs: 3_000},
  ])('of $count devices looks at each, whatever the pauses: woken each $wokenMs ms', async ({count, wokenMs}) => {
    for (const good of [2, count - 1]) {
      const {queue, stores, clock} = await world([{devices: Array.from({length: count}, () => [1])}]);
      const rows = [...stores.rows.values()];
      for (const row of rows) row.retryAtMs = row.record.device === toHex(id(0, good)) ? 100_000 : 10 ** 12;
      const stuck = rows.find((row) => row.retryAtMs > 100_000);
      const most = 100_000 + 60_000 * (Math.ceil(count / 8) + 1);
      for (; clock.ms <= most && (await queue.next(head)).length === 0; clock.ms += 500)
        if (stuck !== undefined && clock.ms % wokenMs === 0) stuck.retryAtMs++;
      expect(clock.ms).toBeLessThanOrEqual(most);
    }
  });

  it('checks at the start and hourly, a page with each look, that nobody waits unseen, and says so', async () => {
    const {queue, stores, clock, onLost} = await world([{devices: [[2_000]]}]);
    const checks = jest.spyOn(stores, 'wakeLost');
    checks.mockResolvedValueOnce({last: 'a', lost: 3}).mockResolvedValue({last: undefined, lost: 0});
    for (; clock.ms < 3_600_000; clock.ms += 60_000) await queue.next(head);
    expect(checks.mock.calls).toEqual([
      ['', 1_000],
      ['a', 1_000],
    ]);
    expect(onLost.mock.calls).toEqual([[3]]);
    clock.ms += 120_000;
    await queue.next(head);
    expect(checks.mock.calls.slice(2)).toEqual([['', 1_000]]);
  });

  it("a good owner's record goes out within one transaction for every 25 owners, whatever the others have", async () => {
    const numbers = fc.oneof(
      fc.record({first: fc.integer({min: 1, max: 3_000}), count: fc.integer({min: 1, max: 12})}),
      fc.record({first: fc.constantFrom(2, 1_024, 1_025), count: fc.integer({min: 1, max: 12})}),
    );
    const adversary = fc.record(
      {devices: fc.array(numbers, {minLength: 1, maxLength: 3}), tokens: fc.integer({min: 0, max: 300})},
      {requiredKeys: ['devices']},
    );
    const given = fc.tuple(fc.array(adversary, {maxLength: 30}), fc.nat(30));
    await fc.assert(
      fc.asyncProperty(given, async ([adversaries, place]) => {
        const owners: Owner[] = adversaries.map(({devices, ...rest}) => ({
          devices: devices.map(({first, count}) => from(first, count)),
          ...rest,
        }));
        const good = Math.min(place, owners.length);
        owners.splice(good, 0, {devices: [[1]]});
        const {queue, stores} = await world(owners);
        const most = Math.ceil(owners.length / 25);
        for (let transactions = 1; ; transactions++) {
          const entries = await queue.next(head);
          expect(entries.length).toBeGreaterThan(0);
          const found = numbersOf(entries);
          // Nothing that the window would refuse, of nobody.
          expect(found.filter(({sequence}) => sequence > 1_024)).toEqual([]);
          if (found.some(({owner}) => owner === good)) return;
          expect(transactions).toBeLessThan(most);
          await send(stores, entries);
        }
      }),
      {numRuns: 20},
    );
  });
});
