import {codeName, encodeCanonical, toHex} from '@vitalvault/contracts';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {toProblem} from '@vitalvault/errors';
import type {Problem} from '@vitalvault/errors';
import {currentTraceId} from '@vitalvault/nest-service';
import type {RecordOutcome} from '../../application/accept-records.js';
import type {RecordStatus} from '../../application/ports.js';

/** One entry of the answer to POST /v1/records. */
export interface RecordAnswer {
  readonly status: 'accepted' | 'duplicate' | 'refused';
  readonly recordId?: string;
  /** Canonical bytes of the SignedAccepted; hexadecimal. */
  readonly receipt?: string;
  readonly location?: string;
  readonly problem?: Problem;
}

export function toRecordAnswer(outcome: RecordOutcome): RecordAnswer {
  const recordId = outcome.record === undefined ? {} : {recordId: toHex(outcome.record.recordId)};
  if (outcome.status === 'refused') return {status: 'refused', ...recordId, problem: toProblem(outcome.problem, currentTraceId())};
  const receipt = toHex(encodeCanonical(SignedAcceptedSchema, outcome.receipt));
  return {status: outcome.status, ...recordId, receipt, location: `/v1/receipts/${outcome.record.number}`};
}

/** Answer of GET /v1/receipts/…: bytes in hexadecimal, 64-bit numbers as decimal strings. */
export function toReceiptAnswer(status: RecordStatus): object {
  const {recordId, state, receipt, cid, replicas, height, txId, logIndex, refusalCode} = status;
  return {
    state, recordId: toHex(recordId),
    ...(receipt === undefined ? {} : {receipt: toHex(encodeCanonical(SignedAcceptedSchema, receipt))}),
    ...(cid === undefined ? {} : {cid, replicas}),
    ...(height === undefined ? {} : {height: height.toString()}),
    ...(txId === undefined ? {} : {txId: toHex(txId)}),
    ...(logIndex === undefined ? {} : {logIndex: logIndex.toString()}),
    ...(refusalCode === undefined ? {} : {refusal: {code: refusalCode, name: codeName(refusalCode)}}),
  };
}
