import {fromDecimal} from '@vitalvault/contracts';
import type {RecordStatus} from '../../application/ports.js';
import {STATE} from '../../domain/record.js';
import type {RecordStateName} from '../../domain/record.js';
import type {Record as RecordRow, Skip as SkipRow} from './gen/client.js';

const NAMES = new Map<number, RecordStateName>(
  Object.entries(STATE).map(([name, state]) => [state, name as RecordStateName]),
);

/** The columns that a status is made of. */
export type StatusRow = Pick<
  RecordRow,
  | 'recordId'
  | 'patient'
  | 'state'
  | 'receipt'
  | 'cid'
  | 'packRoot'
  | 'replicas'
  | 'height'
  | 'txId'
  | 'logIndex'
  | 'refusalCode'
>;

/** What a record's row says for its receipt. */
export function statusOf(row: StatusRow): RecordStatus {
  const stored = row.packRoot === null ? {} : {cid: row.cid, replicas: row.replicas};
  return {
    recordId: row.recordId,
    patient: row.patient,
    state: NAMES.get(row.state) ?? 'accepted',
    receipt: row.receipt,
    ...stored,
    ...settledOf(row),
    ...(row.refusalCode === null ? {} : {refusalCode: Number(row.refusalCode)}),
  };
}

/** The status of a number that was given up before it had a record. */
export const statusOfSkip = (row: Pick<SkipRow, 'height' | 'txId' | 'logIndex'>): RecordStatus => ({
  recordId: '',
  patient: '',
  state: 'skipped',
  receipt: undefined,
  ...settledOf(row),
});

function settledOf(
  row: Pick<RecordRow, 'height' | 'txId' | 'logIndex'>,
): Pick<RecordStatus, 'height' | 'txId' | 'logIndex'> {
  return {
    ...(row.height === null ? {} : {height: row.height}),
    ...(row.txId === null ? {} : {txId: row.txId}),
    ...(row.logIndex === null ? {} : {logIndex: fromDecimal(row.logIndex)}),
  };
}
