import type {RecordStatus} from '../../application/ports.js';
import {STATE} from '../../domain/record.js';
import type {RecordStateName} from '../../domain/record.js';
import type {Record as RecordRow} from './gen/client.js';

const NAMES = new Map<number, RecordStateName>(Object.entries(STATE).map(([name, state]) => [state, name as RecordStateName]));

/** What a record's row says for its receipt. */
export function statusOf(row: RecordRow): RecordStatus {
  const stored = row.packRoot === null ? {} : {cid: row.cid, replicas: row.replicas};
  return {
    recordId: row.recordId, patient: row.patient, state: NAMES.get(row.state) ?? 'accepted', receipt: row.receipt, ...stored,
    ...(row.height === null ? {} : {height: row.height}),
    ...(row.txId === null ? {} : {txId: row.txId}),
    ...(row.logIndex === null ? {} : {logIndex: row.logIndex}),
    ...(row.refusalCode === null ? {} : {refusalCode: row.refusalCode}),
  };
}
