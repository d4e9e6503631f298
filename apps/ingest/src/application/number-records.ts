import {equalBytes} from '@vitalvault/contracts';
import type {SignedAccepted} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {DomainError} from '@vitalvault/errors';
import type {IncomingRecord} from '../domain/incoming-record.js';
import {numberFault} from '../domain/number-window.js';
import type {RecentNumber, RecentNumbers} from '../domain/recent-numbers.js';
import type {ChargeQuota} from './charge-quota.js';
import type {NumberStatus} from './ports.js';

/** `fresh`: nobody has the number; `earlier` is an attempt with the same bytes whose outcome is unknown. */
export type NumberVerdict =
  | {readonly kind: 'fresh'; readonly earlier?: RecentNumber}
  | {readonly kind: 'duplicate'; readonly receipt: SignedAccepted}
  | {readonly kind: 'refused'; readonly problem: DomainError};

/**
 * Decides about records' numbers: our short memory first, then storage, whose table is authoritative. What storage is
 * asked about is charged: a device that asks again because an answer was lost is not.
 */
export class NumberRecords {
  constructor(private readonly ports: {quota: ChargeQuota; recent: RecentNumbers}) {}

  /**
   * One question to storage at the most. @returns the records in their order. @throws DomainError
   * `storage-unavailable`, `quota-exceeded`, `too-many-records`; then nothing was charged
   */
  async execute(records: readonly IncomingRecord[]): Promise<{record: IncomingRecord; verdict: NumberVerdict}[]> {
    const {recent, quota} = this.ports;
    const remembered = records.map((record) => fromMemory(record, recent.get(record.number)));
    const asked = records.filter((_record, place) => remembered[place] === undefined);
    const statuses = asked.length === 0 ? [] : await quota.execute(asked.map(({header}) => header));
    const found = asked.map((record, place) => fromStorage(record, statuses[place], recent.get(record.number)));
    return records.map((record, place) => {
      const verdict = remembered[place] ?? found.shift();
      if (verdict === undefined) throw new DomainError('internal');
      return {record, verdict};
    });
  }
}

function fromMemory(record: IncomingRecord, remembered: RecentNumber | undefined): NumberVerdict | undefined {
  if (remembered === undefined) return undefined;
  if (!equalBytes(remembered.recordId, record.recordId)) return conflict();
  return remembered.durable && remembered.receipt !== undefined
    ? {kind: 'duplicate', receipt: remembered.receipt}
    : undefined;
}

function fromStorage(
  {recordId, header: {sequence}}: IncomingRecord,
  status: NumberStatus | undefined,
  earlier: RecentNumber | undefined,
): NumberVerdict {
  if (status === undefined) throw new DomainError('internal', {detail: 'storage did not answer for a number'});
  const {record: stored, lowestOpen} = status;
  if (stored !== undefined) {
    // A number that was given up is never used again, not even by the record that it was given up for.
    return stored.receipt !== undefined && equalBytes(stored.recordId, recordId)
      ? {kind: 'duplicate', receipt: stored.receipt}
      : conflict();
  }
  const fault = numberFault(sequence, lowestOpen);
  if (fault !== undefined) return {kind: 'refused', problem: fault};
  return earlier === undefined ? {kind: 'fresh'} : {kind: 'fresh', earlier};
}

const conflict = (): NumberVerdict => ({kind: 'refused', problem: new DomainError('sequence-conflict')});
