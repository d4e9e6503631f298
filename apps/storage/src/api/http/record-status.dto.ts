import {codeName, toHex} from '@vitalvault/contracts';
import type {RecordStatus} from '../../application/ports.js';

/** A record's receipt as HTTP shows it (docs/protocol.md §8.1). */
export function toStatusJson(status: RecordStatus): Record<string, unknown> {
  const {state, recordId, receipt, cid, replicas, height, txId, logIndex, refusalCode} = status;
  return {
    state, recordId, receipt: receipt === undefined ? undefined : toHex(receipt), cid, replicas, txId,
    height: height?.toString(), logIndex: logIndex?.toString(),
    ...(refusalCode === undefined ? {} : {refusal: {code: refusalCode, name: codeName(refusalCode)}}),
  };
}
