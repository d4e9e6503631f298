import {LIMITS} from '@vitalvault/contracts';
import type {RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';
import {recordNumber} from '../domain/incoming-record.js';
import type {RecentNumbers} from '../domain/recent-numbers.js';
import type {RecordTable} from './ports.js';

// One of them a device of good faith has used.
const NEIGHBOURS = [1n, 2n, BigInt(LIMITS.sequenceWindow), BigInt(LIMITS.sequenceWindow / 2)];

/**
 * Whether a number is within the window above the highest one known. After a restart nothing is remembered: then
 * storage is asked for the neighbours.
 * @throws DomainError `storage-unavailable` @spec docs/protocol.md §3.6
 */
export async function isWithinWindow(
  {device, registration, sequence}: Pick<RecordHeader, 'device' | 'registration' | 'sequence'>,
  {table, recent}: {table: RecordTable; recent: RecentNumbers},
): Promise<boolean> {
  if (recent.withinWindow(recordNumber(device, registration, sequence))) return true;
  for (const back of NEIGHBOURS) {
    const neighbour = sequence - back;
    if ((await table.status(device, registration, neighbour)) === undefined) continue;
    recent.known(recordNumber(device, registration, neighbour));
    return true;
  }
  return false;
}
