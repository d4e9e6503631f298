import {CODE, isCode} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import type {Answer} from './failover.js';
import type {RpcRefusal, RpcRequest, RpcResponse} from './rpc-endpoint.js';

/**
 * What became of a transaction at one node.
 * - taken: by CheckTx; `known`: it was in the mempool's cache, and nothing was checked.
 * - refused: by CheckTx, with one of the protocol's codes.
 * - unable: the node cannot say; `why`: no honest one answers so.
 */
export type Checked =
  | {readonly url: string; readonly kind: 'taken'; readonly known: boolean}
  | {readonly url: string; readonly kind: 'refused'; readonly code: number; readonly field: string | undefined}
  | {readonly url: string; readonly kind: 'unable'; readonly error: DomainError; readonly why?: string};

/** What CheckTx's log adds to the code: the name of a field of tx.proto, nothing else that a node might say. */
const FIELD = /^invalidField: ([a-z_]{1,64})$/;

export const checkTxRequest = (tx: Uint8Array): RpcRequest => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'broadcast_tx_sync',
  params: {tx: Buffer.from(tx).toString('base64')},
});

/** Reads a node's answer to `checkTxRequest`. */
export function checkedBy(answer: Answer): Checked {
  return answer.refusal === undefined ? byResult(answer.url, answer.response) : byRefusal(answer.url, answer.refusal);
}

function byResult(url: string, {result}: RpcResponse): Checked {
  const code = result['code'] ?? CODE.ok;
  if (code === CODE.ok) return {url, kind: 'taken', known: false};
  if (code === CODE.internal)
    return unable(url, 'The node could not check the transaction.', {why: 'CheckTx ended in an internal error'});
  if (typeof code !== 'number' || !isCode(code))
    return unable(url, 'The node gave no result code.', {why: 'CheckTx gave no code of the protocol'});
  return {url, kind: 'refused', code, field: FIELD.exec(String(result['log']))?.[1]};
}

function byRefusal(url: string, cause: RpcRefusal): Checked {
  if (cause.message.includes('tx already exists in cache')) return {url, kind: 'taken', known: true};
  if (cause.message.includes('Tx too large')) return {url, kind: 'refused', code: CODE.tooLarge, field: undefined};
  const full = cause.message.includes('mempool is full');
  return unable(url, full ? 'The mempool is full.' : 'The node did not take the transaction.', {cause});
}

const unable = (url: string, detail: string, {why, cause}: {why?: string; cause?: Error}): Checked => ({
  url,
  kind: 'unable',
  error: new DomainError('ledger-unavailable', {detail, ...(cause === undefined ? {} : {cause})}),
  ...(why === undefined ? {} : {why}),
});
