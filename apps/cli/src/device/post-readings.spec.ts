import type {PendingRecord, PostOutcome, Reading, ReceiptState} from '@vitalvault/sdk';
import {splitReadings, SdkError} from '@vitalvault/sdk';
import {postReadings} from './post-readings.js';

/**
 * A gateway and ledger in memory: a record is stored at the second question and anchored at the third, unless told
 * otherwise.
 */
class Platform {
  readonly bodies: number[] = [];
  readonly sealed: number[] = [];
  readonly progress: {posted: number; anchored: number; total: number}[] = [];
  private readonly questions = new Map<bigint, number>();
  private sequence = 0;
  private traces = 0;

  constructor(private readonly rules: {refuseAtIngest?: number; refuseAtLedger?: number; answersWith?: string} = {}) {}

  readonly posting = {
    typeName: 'omh:heart-rate',
    newTrace: () => `trace-${++this.traces}`,
    onProgress: (progress: {posted: number; anchored: number; total: number}) => {
      this.progress.push(progress);
    },
    onSealed: (readings: readonly Reading[]) => {
      this.sealed.push(readings.length);
    },
    device: {
      seal: (_type: string, readings: Reading[]) =>
        Promise.resolve(splitReadings(readings).map((batch) => this.keep(batch.readings))),
      post: (records: PendingRecord[]) => Promise.resolve(this.accept(records)),
    },
    asking: {state: (sequence: bigint) => Promise.resolve(this.state(sequence))},
  };

  private keep(readings: Reading[]): PendingRecord {
    const sequence = String(++this.sequence);
    const record = {
      registration: 1,
      sequence,
      tagSequence: sequence,
      typeName: 'omh:heart-rate',
      custodian: 'aa',
      recordId: `id-${sequence}`,
      posted: '',
      readings,
    };
    return record;
  }

  private accept(records: PendingRecord[]): PostOutcome[] {
    this.bodies.push(records.length);
    return records.map(({recordId, sequence}) => {
      const known = {recordId, sequence: BigInt(sequence)};
      return Number(sequence) === this.rules.refuseAtIngest
        ? {...known, status: 'refused', error: new SdkError('quota-exceeded', {detail: 'too many'})}
        : {...known, status: 'accepted', acceptedAtMs: 0, receipt: `receipt-${sequence}`};
    });
  }

  private state(sequence: bigint): ReceiptState {
    const asked = (this.questions.get(sequence) ?? 0) + 1;
    this.questions.set(sequence, asked);
    const recordId = this.rules.answersWith ?? `id-${sequence}`;
    if (asked === 1) return {state: 'accepted', recordId};
    const stored = {recordId, cid: `cid-${sequence}`, replicas: 2};
    if (asked === 2) return {state: 'stored', ...stored};
    if (Number(sequence) === this.rules.refuseAtLedger)
      return {state: 'refused', ...stored, refusal: {code: 125, name: 'entryTag'}};
    return {state: 'anchored', ...stored, height: 7n, txId: 'tx', logIndex: sequence - 1n};
  }
}

/** `n` readings, one a minute, from half past an hour on. */
const readings = (n: number): Reading[] =>
  Array.from({length: n}, (_, i) => ({timeMs: Date.parse('2016-04-01T07:30:00Z') + i * 60_000, text: '{}'}));

describe('posting readings', () => {
  it('cuts at the hour and after 64, eight batches a body, each body in a trace of its own', async () => {
    const platform = new Platform();
    // 30 minutes of one hour, then 10 whole hours of 60 readings: 11 batches.
    const {batches} = await postReadings(readings(30 + 600), platform.posting);
    expect(batches.map((batch) => batch.readings)).toEqual([30, ...Array.from({length: 10}, () => 60)]);
    expect(platform.bodies).toEqual([8, 3]);
    expect(new Set(batches.map((batch) => batch.traceId))).toEqual(new Set(['trace-1', 'trace-2']));
  });

  it('waits until each is anchored as the gateway says, and tells how it went', async () => {
    const platform = new Platform();
    const [batch] = (await postReadings(readings(5), platform.posting)).batches;
    expect(batch).toMatchObject({
      sequence: '1',
      state: 'anchored',
      receipt: 'receipt-1',
      cid: 'cid-1',
      replicas: 2,
      height: '7',
      txId: 'tx',
      logIndex: '0',
    });
    expect(batch?.anchoredMs).toBeGreaterThanOrEqual(batch?.storedMs ?? Infinity);
    expect(platform.sealed).toEqual([5]);
    expect(platform.progress.at(-1)).toEqual({posted: 1, anchored: 1, total: 1});
  });

  it('says what the ledger refused for good, and why', async () => {
    const platform = new Platform({refuseAtLedger: 2});
    const {batches} = await postReadings(readings(70), platform.posting);
    expect(batches.map(({state, refusal}) => [state, refusal])).toEqual([
      ['anchored', undefined],
      ['refused', 'entryTag'],
    ]);
  });

  it('goes on with the others when a record is not accepted, and gives its refusal', async () => {
    const {batches, refused} = await postReadings(readings(70), new Platform({refuseAtIngest: 2}).posting);
    expect(batches.map(({sequence}) => sequence)).toEqual(['1']);
    expect(refused).toMatchObject([{recordId: 'id-2', status: 'refused', error: {code: 'quota-exceeded'}}]);
  });

  it.each(['id-other', '00'.repeat(32), ''])(
    'takes the state of record "%s" for no state of its own',
    async (other) => {
      const {batches} = await postReadings(readings(5), new Platform({answersWith: other}).posting);
      expect(batches).toMatchObject([{sequence: '1', state: 'accepted'}]);
    },
  );

  it('does with no readings at all', async () => {
    expect(await postReadings([], new Platform().posting)).toEqual({batches: [], refused: [], unsent: 0});
  });
});
