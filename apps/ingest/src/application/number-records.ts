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
 * Decides about records' numbers: our short memory first, then storage, whose table is authoritative. Every record of a
 * body that was verified is charged, those that are known already too: each of them cost its signature's check.
 */
export class NumberRecords {
  constructor(private readonly ports: {quota: ChargeQuota; recent: RecentNumbers}) {}

  /**
   * One question to storage. @returns the records in their order. @param alsoCharged of the same body, without a
   * verdict of their own: copies of a number, and what another request is working on. @throws DomainError
   * `storage-unavailable`, `quota-exceeded`, `too-many-records`; then nothing was charged
   */
  async execute(
    records: readonly IncomingRecord[],
    alsoCharged: readonly IncomingRecord[] = [],
  ): Promise<{record: IncomingRecord; verdict: NumberVerdict}[]> {
    const charged = [...records, ...alsoCharged].map(({header}) => header);
    const statuses = charged.length === 0 ? [] : await this.ports.quota.execute(charged);
    return records.map((record, place) => {
      const remembered = this.ports.recent.get(record.number);
      return {record, verdict: fromMemory(record, remembered) ?? fromStorage(record, statuses[place], remembered)};
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
