import {CODE} from '@vitalvault/contracts';
import {PositionMoved} from '@vitalvault/process';
import type {Advance, TopicPosition} from '@vitalvault/process';
import {madeStep} from '@vitalvault/process/testing';
import type {
  AcceptOutcome,
  AcceptedBatch,
  NumberStatus,
  RecordStatus,
  RecordStore,
} from '../../src/application/ports.js';
import type {AlertToSend} from '../../src/domain/alerts.js';
import {waitsFor} from '../../src/domain/record.js';
import type {AcceptedRecord, AcceptedSkip, RecordNumber} from '../../src/domain/record.js';
import {MemoryTables, numberName} from './memory-tables.js';
import type {Row} from './memory-tables.js';

/** The record store in memory. */
export class MemoryRecords extends MemoryTables implements RecordStore {
  readonly positions = new Map<string, TopicPosition>();
  readonly #conflicts = new Map<string, AcceptedRecord>();

  accept(batch: AcceptedBatch, advance: Advance): Promise<AcceptOutcome> {
    const lane = `${advance.topic}/${String(advance.partition)}`;
    if (this.positions.get(lane)?.next !== advance.from?.next) return Promise.reject(new PositionMoved(advance));
    this.positions.set(lane, advance.to);
    return Promise.resolve(this.#taken(batch));
  }

  /** As the one consumer would that there is. */
  take(batch: AcceptedBatch): Promise<AcceptOutcome> {
    const next = this.positions.get('t/0')?.next;
    return this.accept(batch, madeStep(next, (next ?? 0n) + 1n));
  }

  byNumbers(numbers: readonly RecordNumber[]): Promise<readonly NumberStatus[]> {
    return Promise.resolve(
      numbers.map((number) => {
        const [row, skip] = [this.recordOf(number), this.skipOf(number)];
        const given = skip?.state === 'skipped' ? skip.settled : undefined;
        const skipped = {recordId: '', patient: '', state: 'skipped', receipt: undefined, ...given} as const;
        const record = row === undefined ? (given === undefined ? undefined : skipped) : this.#statusOf(row);
        return {record, lowestOpen: this.#lowestOpen(number)};
      }),
    );
  }

  byId(recordId: string): Promise<RecordStatus | undefined> {
    const row = this.rows.get(recordId);
    const conflict = this.#conflicts.get(recordId);
    if (row !== undefined) return Promise.resolve(this.#statusOf(row));
    return Promise.resolve(
      conflict === undefined
        ? undefined
        : {recordId, patient: '', state: 'refused', receipt: conflict.receipt, refusalCode: CODE.entryDuplicate},
    );
  }

  alert(alerts: readonly AlertToSend[]): Promise<void> {
    this.alerts.push(...alerts);
    return Promise.resolve();
  }

  #lowestOpen({device, registration}: RecordNumber): bigint {
    return this.registrations.get(`${device}/${String(registration)}`)?.lowestOpen ?? 1n;
  }

  #statusOf(row: Row): RecordStatus {
    const number = waitsFor({state: row.state, sequence: row.record.sequence}, this.#lowestOpen(row.record));
    return {...statusOf(row), ...(number === undefined ? {} : {waitsFor: number})};
  }

  #taken({records, skips = []}: AcceptedBatch): AcceptOutcome {
    let [fresh, conflicts] = [0, 0];
    for (const record of records) {
      if (this.rows.has(record.recordId)) continue;
      const skip = this.skipOf(record);
      if (this.recordOf(record) === undefined && (skip === undefined || skip.state === 'refused')) {
        fresh++;
        this.numbers.set(numberName(record), record.recordId);
        const leaf = this.earlyLeaves.get(record.recordId);
        this.earlyLeaves.delete(record.recordId);
        this.rows.set(record.recordId, {
          record,
          state: leaf === undefined ? 'accepted' : 'anchored',
          packRoot: undefined,
          waits: true,
          turn: this.#turnOf(record.patient),
          claimedBy: undefined,
          replicas: 0,
          anchorTx: undefined,
          attempts: 0,
          retryAtMs: 0,
          settled: leaf === undefined ? undefined : {height: leaf.height, txId: leaf.txId},
          logIndex: leaf?.logIndex,
          refusalCode: undefined,
        });
      } else if (!this.#conflicts.has(record.recordId)) {
        conflicts++;
        this.#conflicts.set(record.recordId, record);
        this.alertRefused(record.patient, record.recordId);
      }
    }
    return {fresh, conflicts, skips: this.#takenSkips(skips)};
  }

  #turnOf(patient: string): number {
    const waiting = [...this.rows.values()].filter((row) => row.waits && row.claimedBy === undefined);
    const hers = waiting.filter(({record}) => record.patient === patient);
    const first = waiting.length === 0 ? 1 : Math.min(...waiting.map(({turn}) => turn));
    return Math.max(first, ...hers.map(({turn}) => turn + 1));
  }

  #takenSkips(skips: readonly AcceptedSkip[]): number {
    let taken = 0;
    for (const skip of skips) {
      const known = this.skipOf(skip);
      if (known !== undefined && known.state !== 'refused') continue;
      if (known !== undefined) this.skips.delete(known.skip.skipId);
      const leaf = this.earlyLeaves.get(skip.skipId);
      this.earlyLeaves.delete(skip.skipId);
      const waits = [undefined, 'refused'].includes(this.recordOf(skip)?.state) ? 'stored' : 'accepted';
      const state = leaf === undefined ? waits : 'skipped';
      if (state === 'stored') taken++;
      this.skips.set(skip.skipId, {skip, state, anchorTx: undefined, attempts: 0, retryAtMs: 0, settled: leaf});
    }
    return taken;
  }
}

function statusOf({record, state, packRoot, replicas, settled, logIndex, refusalCode}: Row): RecordStatus {
  return {
    recordId: record.recordId,
    patient: record.patient,
    state,
    receipt: record.receipt,
    ...(packRoot === undefined ? {} : {cid: record.cid, replicas}),
    ...settled,
    ...(logIndex === undefined ? {} : {logIndex}),
    ...(refusalCode === undefined ? {} : {refusalCode}),
  };
}
