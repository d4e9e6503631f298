import {build} from '@vitalvault/contracts';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import type {IncomingRecord} from '../domain/incoming-record.js';
import {readRecord, recordNumber} from '../domain/incoming-record.js';
import {RecentNumbers} from '../domain/recent-numbers.js';
import type {RecentNumber} from '../domain/recent-numbers.js';
import {FakeTable} from '../../test/support/fakes.js';
import {CHAIN, device, random, record} from '../../test/support/records.js';
import {NumberRecord} from './number-record.js';
import type {RecordStatus} from './ports.js';

const receiptOf = (byte: number) =>
  build(SignedAcceptedSchema, {
    accepted: Uint8Array.of(byte),
    signature: {alg: 1, publicKey: new Uint8Array(33), signature: new Uint8Array(64)},
  });
const [ours, theirs] = [receiptOf(1), receiptOf(2)];
const other = random(32);

function incoming(sequence = 1n): IncomingRecord {
  const read = readRecord(record({sequence}), CHAIN);
  if (read instanceof Error) throw read;
  return read;
}

/** Numbers over a storage that counts its questions. */
class CountingTable extends FakeTable {
  asked = 0;

  override status(...number: Parameters<FakeTable['status']>): Promise<RecordStatus | undefined> {
    this.asked++;
    return super.status(...number);
  }
}

interface Given {
  readonly remembered?: Partial<RecentNumber>;
  readonly stored?: Partial<RecordStatus>;
}

function harness(record: IncomingRecord, {remembered, stored}: Given = {}) {
  const [table, recent] = [new CountingTable(), new RecentNumbers()];
  const earlier = {recordId: record.recordId, receipt: ours, acceptedAtMs: 5, durable: false, ...remembered};
  if (remembered !== undefined) recent.remember(record.number, earlier);
  if (stored !== undefined)
    table.entries.set(record.number, {recordId: record.recordId, state: 'stored', receipt: theirs, ...stored});
  return {table, recent, earlier, numbers: new NumberRecord({table, recent})};
}

const refused = (code: string) => ({kind: 'refused', problem: {code}});
const has = (sequence: bigint): string => recordNumber(device, 1, sequence);

describe('NumberRecord', () => {
  const posted = incoming();

  it.each<[string, Given, object, number]>([
    ['nobody has the number', {}, {kind: 'fresh'}, 1],
    ['remembered with other bytes', {remembered: {recordId: other}}, refused('sequence-conflict'), 0],
    ['other bytes, outcome known', {remembered: {recordId: other, durable: true}}, refused('sequence-conflict'), 0],
    ['remembered and durable', {remembered: {durable: true}}, {kind: 'duplicate', receipt: ours}, 0],
    ['sent, outcome unknown, and stored', {remembered: {}, stored: {}}, {kind: 'duplicate', receipt: theirs}, 1],
    ['stored by a process before', {stored: {state: 'refused'}}, {kind: 'duplicate', receipt: theirs}, 1],
    ['stored with other bytes', {stored: {recordId: other}}, refused('sequence-conflict'), 1],
    [
      'stored with others while ours was on its way',
      {remembered: {}, stored: {recordId: other}},
      refused('sequence-conflict'),
      1,
    ],
  ])('%s', async (_what, given, verdict, asked) => {
    const {numbers, table} = harness(posted, given);
    expect(await numbers.execute(posted)).toMatchObject(verdict);
    expect(table.asked).toBe(asked);
  });

  it('sent, outcome unknown, not stored: goes again with the receipt of before', async () => {
    const {numbers, earlier} = harness(posted, {remembered: {}});
    expect(await numbers.execute(posted)).toEqual({kind: 'fresh', earlier});
  });

  it('a number that was given up takes no record, not even the one that it was given up for', async () => {
    const {numbers, table} = harness(posted);
    table.entries.set(posted.number, {recordId: posted.recordId, state: 'skipped'});
    expect(await numbers.execute(posted)).toMatchObject(refused('sequence-conflict'));
  });

  it.each<[Given]>([[{}], [{remembered: {}}]])('decides nothing while storage is away: %j', async (given) => {
    const {numbers, table} = harness(posted, given);
    table.away = true;
    await expect(numbers.execute(posted)).rejects.toMatchObject({code: 'storage-unavailable'});
  });
});

describe('the window', () => {
  it.each([
    [1_024n, undefined, 'fresh'],
    [1_025n, undefined, 'refused'],
    [5_000n, 4_999n, 'fresh'],
    [5_000n, 4_998n, 'fresh'],
    [5_000n, 4_488n, 'fresh'],
    [5_000n, 3_976n, 'fresh'],
    [5_000n, 4_997n, 'refused'],
    [5_000n, 3_975n, 'refused'],
    [5_000n, 5_001n, 'refused'],
  ])('%s, when storage knows %s of before a restart: %s', async (sequence, known, kind) => {
    const far = incoming(sequence);
    const {numbers, table} = harness(far);
    if (known !== undefined) table.entries.set(has(known), {recordId: other, state: 'anchored', receipt: theirs});
    const verdict = await numbers.execute(far);
    expect(verdict).toMatchObject(
      kind === 'fresh' ? {kind} : {...refused('sequence-too-far'), problem: {meta: {window: 1_024}}},
    );
  });

  it('moves with what storage has, whoever sent it, and with neighbours that it has found', async () => {
    const far = incoming(5_000n);
    const {numbers, table} = harness(far, {stored: {recordId: other}});
    await numbers.execute(far);
    expect(await numbers.execute(incoming(6_000n))).toMatchObject({kind: 'fresh'});
    const restarted = harness(far);
    restarted.table.entries.set(has(4_999n), {recordId: other, state: 'stored', receipt: theirs});
    await restarted.numbers.execute(far);
    table.entries.clear();
    restarted.table.entries.clear();
    expect(await restarted.numbers.execute(incoming(6_023n))).toMatchObject({kind: 'fresh'});
    expect(await restarted.numbers.execute(incoming(6_024n))).toMatchObject(refused('sequence-too-far'));
  });
});
