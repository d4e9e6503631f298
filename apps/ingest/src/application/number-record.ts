import {equalBytes} from '@vitalvault/contracts';
import type {SignedAccepted} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {DomainError} from '@vitalvault/errors';
import type {IncomingRecord} from '../domain/incoming-record.js';
import {numberFault} from '../domain/number-window.js';
import type {RecentNumber, RecentNumbers} from '../domain/recent-numbers.js';
import type {RecordTable} from './ports.js';

/** `fresh`: nobody has the number; `earlier` is an attempt with the same bytes whose outcome is unknown. */
export type NumberVerdict =
  | {readonly kind: 'fresh'; readonly earlier?: RecentNumber}
  | {readonly kind: 'duplicate'; readonly receipt: SignedAccepted}
  | {readonly kind: 'refused'; readonly problem: DomainError};

/** Decides about a record's number: our short memory first, then storage, whose table is authoritative. */
export class NumberRecord {
  constructor(private readonly ports: {table: RecordTable; recent: RecentNumbers}) {}

  /** @throws DomainError `storage-unavailable` */
  async execute(record: IncomingRecord): Promise<NumberVerdict> {
    const {recent, table} = this.ports;
    const remembered = recent.get(record.number);
    if (remembered !== undefined && !equalBytes(remembered.recordId, record.recordId)) return conflict();
    if (remembered?.durable === true && remembered.receipt !== undefined)
      return {kind: 'duplicate', receipt: remembered.receipt};
    const {device, registration, sequence} = record.header;
    const {record: stored, lowestOpen} = await table.status(device, registration, sequence);
    if (stored !== undefined) {
      // A number that was given up is never used again, not even by the record that it was given up for.
      return stored.receipt !== undefined && equalBytes(stored.recordId, record.recordId)
        ? {kind: 'duplicate', receipt: stored.receipt}
        : conflict();
    }
    const fault = numberFault(sequence, lowestOpen);
    if (fault !== undefined) return {kind: 'refused', problem: fault};
    return remembered === undefined ? {kind: 'fresh'} : {kind: 'fresh', earlier: remembered};
  }
}

const conflict = (): NumberVerdict => ({kind: 'refused', problem: new DomainError('sequence-conflict')});
