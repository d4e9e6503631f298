import {JsonAnswer} from '../http/json-answer.js';

/** How far a record has come. */
export interface ReceiptState {
  state: 'accepted' | 'stored' | 'anchored' | 'refused' | 'skipped';
  recordId: string;
  /** Canonical SignedAccepted, hexadecimal. */
  receipt?: string;
  cid?: string;
  replicas?: number;
  height?: bigint;
  txId?: string;
  logIndex?: bigint;
  refusal?: {code: number; name: string};
  /** Number of the same device that has to be anchored or given up before the ledger takes this one. */
  waitsFor?: bigint;
}

/** Reads the answer of `GET /v1/receipts/…` and `GET /v1/records/…/status`. */
export function receiptStateOf(answer: JsonAnswer): ReceiptState {
  const refusal = answer.has('refusal') ? new JsonAnswer(answer.raw('refusal'), 'refusal') : undefined;
  return {
    state: answer.text('state') as ReceiptState['state'],
    recordId: answer.text('recordId'),
    ...(answer.has('receipt') ? {receipt: answer.text('receipt')} : {}),
    ...(answer.has('cid') ? {cid: answer.text('cid')} : {}),
    ...(answer.has('replicas') ? {replicas: answer.number('replicas')} : {}),
    ...(answer.has('height') ? {height: answer.bigint('height')} : {}),
    ...(answer.has('txId') ? {txId: answer.text('txId')} : {}),
    ...(answer.has('logIndex') ? {logIndex: answer.bigint('logIndex')} : {}),
    ...(answer.has('waitsFor') ? {waitsFor: answer.bigint('waitsFor')} : {}),
    ...(refusal ? {refusal: {code: refusal.number('code'), name: refusal.text('name')}} : {}),
  };
}
