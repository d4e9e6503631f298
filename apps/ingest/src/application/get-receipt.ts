import {DomainError} from '@vitalvault/errors';
import {recordNumber} from '../domain/incoming-record.js';
import type {RecentNumbers} from '../domain/recent-numbers.js';
import type {NumberStatus, RecordStatus, RecordTable} from './ports.js';

/** Where a record is: storage says, and for the moment before it has read the log our own memory. */
export class GetReceipt {
  constructor(private readonly ports: {table: RecordTable; recent: RecentNumbers}) {}

  /** @throws DomainError `receipt-not-found`, `storage-unavailable` */
  async execute(device: Uint8Array, registration: number, sequence: bigint): Promise<RecordStatus> {
    const recent = this.ports.recent.get(recordNumber(device, registration, sequence));
    const accepted: RecordStatus | undefined =
      recent?.durable === true && recent.receipt !== undefined
        ? {recordId: recent.recordId, state: 'accepted', receipt: recent.receipt}
        : undefined;
    const [found] = await this.ports.table
      .statuses([{device, registration, sequence}])
      .catch((error: unknown): readonly NumberStatus[] => {
        if (accepted === undefined) throw error;
        return [];
      });
    const status = found?.record ?? accepted;
    if (status === undefined) throw new DomainError('receipt-not-found');
    return status;
  }
}
