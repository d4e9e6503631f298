import {CODE, codeName, sha256Of, toHex} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import type {Failover} from './failover.js';
import {RpcRefusal} from './rpc-endpoint.js';
import type {SentBefore} from './sent-before.js';
import {txIdOf} from './tx-id.js';

export interface Broadcast {
  /** CometBFT's name for the bytes: SHA-256, hex. */
  readonly txHash: string;
  /** Our transaction id, hex: what receipts, tokens and look-ups go by. */
  readonly txId: string;
}

/** What CheckTx's log adds to the code: the name of a field of tx.proto, nothing else that a node might say. */
const FIELD = /^invalidField: ([a-z_]{1,64})$/;

/**
 * Sends `tx` with broadcast_tx_sync to the node that answers and judges what its mempool says. What a node says of a
 * transaction is no proof that it passes it on, or that others would refuse it too: the same bytes again go to the next
 * node, which is harmless, because they are one transaction.
 */
export async function broadcastThrough(rpc: Failover, sent: SentBefore, tx: Uint8Array): Promise<Broadcast> {
  const txId = txIdOf(tx);
  if (txId === undefined) throw refused(CODE.undecodable);
  const names: Broadcast = {txHash: toHex(sha256Of(tx)), txId};
  const {code, log} = await checkTx(rpc, tx, sent.count(names.txHash));
  if (code === CODE.internal) {
    rpc.demote(rpc.answeredBy, 'CheckTx ended in an internal error');
    throw new DomainError('ledger-unavailable', {detail: 'The node could not check the transaction.'});
  }
  if (code !== CODE.ok) throw refused(code, FIELD.exec(log)?.[1]);
  return names;
}

async function checkTx(rpc: Failover, tx: Uint8Array, before: number): Promise<{code: number; log: string}> {
  const request = {
    jsonrpc: '2.0' as const,
    id: 1,
    method: 'broadcast_tx_sync',
    params: {tx: Buffer.from(tx).toString('base64')},
  };
  try {
    const {result} = await rpc.execute(request, before);
    const code = result.code ?? 0;
    if (typeof code !== 'number')
      throw new DomainError('ledger-unavailable', {detail: 'The node gave no result code.'});
    return {code, log: String(result.log)};
  } catch (error) {
    if (!(error instanceof RpcRefusal)) throw error;
    if (error.message.includes('tx already exists in cache')) return {code: CODE.ok, log: ''};
    if (error.message.includes('Tx too large')) return {code: CODE.tooLarge, log: ''};
    throw new DomainError('ledger-unavailable', {
      detail: error.message.includes('mempool is full')
        ? 'The mempool is full.'
        : 'The node did not take the transaction.',
      cause: error,
    });
  }
}

function refused(code: number, field?: string): DomainError {
  const named = field === undefined ? codeName(code) : `${codeName(code)}: ${field}`;
  return new DomainError('tx-refused', {
    detail: `Code ${code}, ${named}.`,
    meta: {code, codeName: codeName(code), ...(field === undefined ? {} : {field})},
  });
}
