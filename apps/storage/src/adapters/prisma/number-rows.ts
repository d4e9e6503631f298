import {fromDecimal} from '@vitalvault/contracts';
import {tableOf} from '@vitalvault/postgres';
import type {NumberStatus} from '../../application/ports.js';
import {STATE, waitsFor} from '../../domain/record.js';
import type {RecordNumber} from '../../domain/record.js';
import type {Database} from './database.js';
import type {Registration} from './gen/client.js';
import {NUMBER} from './number-columns.js';
import {statusOf, statusOfSkip} from './record-row.js';
import type {StatusRow} from './record-row.js';

/** Of a number that nothing has all is null; of one that was given up without a record, `recordId`. */
type FoundRow = {readonly lowestOpen: Registration['lowestOpen'] | null} & (
  StatusRow | {[Column in keyof StatusRow]: StatusRow[Column] | null}
);

/** Status and window of each of these numbers, in their order, by one statement. */
export async function statusesOf(database: Database, numbers: readonly RecordNumber[]): Promise<NumberStatus[]> {
  if (numbers.length === 0) return [];
  const rows = await database.$queryRaw<FoundRow[]>`
    SELECT registrations.lowest_open AS "lowestOpen", records.record_id AS "recordId", records.patient, records.receipt,
      records.cid, records.pack_root AS "packRoot", records.replicas, records.refusal_code AS "refusalCode",
      coalesce(records.state, skips.state) AS state, coalesce(records.height, skips.height) AS height,
      coalesce(records.tx_id, skips.tx_id) AS "txId", coalesce(records.log_index, skips.log_index) AS "logIndex"
    FROM ${tableOf(NUMBER, numbers)} AS asked
    LEFT JOIN registrations ON registrations.device = asked.device AND registrations.registration = asked.registration
    LEFT JOIN records ON records.device = asked.device AND records.registration = asked.registration
      AND records.sequence = asked.sequence
    LEFT JOIN skips ON records.record_id IS NULL AND skips.state = ${STATE.skipped}::smallint
      AND skips.device = asked.device AND skips.registration = asked.registration AND skips.sequence = asked.sequence
    ORDER BY asked.place`;
  return rows.map((row, place) => toStatus(row, numbers[place]?.sequence ?? 0n));
}

function toStatus(row: FoundRow, sequence: bigint): NumberStatus {
  const lowestOpen = row.lowestOpen === null ? 1n : fromDecimal(row.lowestOpen);
  if (row.recordId === null) return {lowestOpen, record: row.state === null ? undefined : statusOfSkip(row)};
  const record = statusOf(row as StatusRow);
  const number = waitsFor({state: record.state, sequence}, lowestOpen);
  return {lowestOpen, record: number === undefined ? record : {...record, waitsFor: number}};
}
