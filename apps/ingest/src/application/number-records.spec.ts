import {build} from '@vitalvault/contracts';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import type {IncomingRecord} from '../domain/incoming-record.js';
import {readRecord} from '../domain/incoming-record.js';
import {RecentNumbers} from '../domain/recent-numbers.js';
import type {RecentNumber} from '../domain/recent-numbers.js';
import {FakeTable} from '../../test/support/fakes.js';
import {CHAIN, NOW_MS, random, record} from '../../test/support/records.js';
import {ChargeQuota} from './charge-quota.js';
import {NumberRecords} from './number-records.js';
import type {Admission, RecordStatus} from './ports.js';

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

  override admit(...asked: Parameters<FakeTable['admit']>): Promise<Admission> {
    this.asked++;
    return super.admit(...asked);
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
  const rate = {burst: 10_000, refillPerSecond: 1};
  const quota = new ChargeQuota({device: rate, owner: rate, mostWaiting: 10_000, now: () => NOW_MS}, {table});
  const numbers = new NumberRecords({quota, recent});
  const verdict = async (one: IncomingRecord) => (await numbers.execute([one]))[0]?.verdict;
  return {table, recent, earlier, numbers, verdict};
}

const refused = (code: string) => ({kind: 'refused', problem: {code}});

describe('NumberRecords', () => {
  const posted = incoming();

  it.each<[string, Given, object, number]>([
    ['nobody has the number', {}, {kind: 'fresh'}, 1],
    ['remembered with other bytes', {remembered: {recordId: other}}, refused('sequence-conflict'), 1],
    ['other bytes, outcome known', {remembered: {recordId: other, durable: true}}, refused('sequence-conflict'), 1],
    ['remembered and durable', {remembered: {durable: true}}, {kind: 'duplicate', receipt: ours}, 1],
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
    const {verdict: judge, table} = harness(posted, given);
    expect(await judge(posted)).toMatchObject(verdict);
    expect(table.asked).toBe(asked);
  });

  it('asks once for all, and keeps their order', async () => {
    const records = Array.from({length: 1_024}, (_, n) => incoming(BigInt(n + 1)));
    const [, second, third] = records as [IncomingRecord, IncomingRecord, IncomingRecord];
    const {numbers, table} = harness(second, {remembered: {durable: true}});
    table.entries.set(third.number, {recordId: other, state: 'stored', receipt: theirs});
    const verdicts = await numbers.execute(records);
    expect(table.asked).toBe(1);
    expect(verdicts.map(({record}) => record)).toEqual(records);
    expect(verdicts.slice(0, 4).map(({verdict}) => verdict)).toMatchObject([
      {kind: 'fresh'},
      {kind: 'duplicate', receipt: ours},
      refused('sequence-conflict'),
      {kind: 'fresh'},
    ]);
  });

  it('sent, outcome unknown, not stored: goes again with the receipt of before', async () => {
    const {verdict, earlier} = harness(posted, {remembered: {}});
    expect(await verdict(posted)).toEqual({kind: 'fresh', earlier});
  });

  it('a number that was given up takes no record, not even the one that it was given up for', async () => {
    const {verdict, table} = harness(posted);
    table.entries.set(posted.number, {recordId: posted.recordId, state: 'skipped'});
    expect(await verdict(posted)).toMatchObject(refused('sequence-conflict'));
  });

  it.each<[Given]>([[{}], [{remembered: {}}]])('decides nothing while storage is away: %j', async (given) => {
    const {verdict, table} = harness(posted, given);
    table.away = true;
    await expect(verdict(posted)).rejects.toMatchObject({code: 'storage-unavailable'});
  });
});

describe('the window', () => {
  it.each([
    [1n, 1_024n, 'fresh'],
    [1n, 1_025n, 'refused'],
    [4_000n, 5_023n, 'fresh'],
    [4_000n, 5_024n, 'refused'],
    [2n ** 62n, 2n ** 62n + 1_023n, 'fresh'],
  ])('the ledger waits for %s, posted is %s: %s', async (lowestOpen, sequence, kind) => {
    const far = incoming(sequence);
    const {verdict, table} = harness(far);
    table.lowestOpen = lowestOpen;
    expect(await verdict(far)).toMatchObject({kind});
  });

  it('does not move with what was acknowledged: one record cannot lift the bound for the next', async () => {
    const {verdict, table, recent} = harness(incoming());
    for (let sequence = 2n; sequence <= 1_024n; sequence += 511n) {
      const record = incoming(sequence);
      expect(await verdict(record)).toMatchObject({kind: 'fresh'});
      recent.remember(record.number, {recordId: record.recordId, receipt: ours, acceptedAtMs: 1, durable: true});
      table.entries.set(record.number, {recordId: record.recordId, state: 'stored', receipt: ours});
    }
    expect(await verdict(incoming(1_025n))).toMatchObject({
      kind: 'refused',
      problem: {
        code: 'sequence-too-far',
        detail: 'Number 1 of this device is not on the ledger yet; until it is, none above 1024 is taken.',
        meta: {window: 1_024, lowestOpen: '1'},
      },
    });
  });

  it('is no matter for what was accepted before: the same bytes get their receipt', async () => {
    const far = incoming(5_000n);
    expect(await harness(far, {stored: {}}).verdict(far)).toMatchObject({kind: 'duplicate'});
  });
});
