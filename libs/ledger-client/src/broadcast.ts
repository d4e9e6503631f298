import {CODE, codeName, sha256Of, toHex} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import type {Failover} from './failover.js';
import {RpcRefusal} from './rpc-endpoint.js';
import {txIdOf} from './tx-id.js';

export interface Broadcast {
  /** CometBFT's name for the bytes: SHA-256, hex. */
  readonly txHash: string;
  /** Our transaction id, hex: what receipts, tokens and look-ups go by. */
  readonly txId: string;
}

/** What CheckTx's log adds to the code: the name of a field of tx.proto, nothing else that a node might say. */
const FIELD = /^invalidField: ([a-z_]{1,64})$/;

/** Sends `tx` with broadcast_tx_sync to the node that answers and judges what its mempool says. */
export async function broadcastThrough(rpc: Failover, tx: Uint8Array): Promise<Broadcast> {
  const txId = txIdOf(tx);
  if (txId === undefined) throw refused(CODE.undecodable);
  const sent: Broadcast = {txHash: toHex(sha256Of(tx)), txId};
  const {url} = rpc.current;
  const {code, log} = await checkTx(rpc, tx);
  if (code === CODE.internal) {
    rpc.demote(url, 'CheckTx ended in an internal error');
    throw new DomainError('ledger-unavailable', {detail: 'The node could not check the transaction.'});
  }
  if (code !== CODE.ok) throw refused(code, FIELD.exec(log)?.[1]);
  return sent;
}

async function checkTx(rpc: Failover, tx: Uint8Array): Promise<{code: number; log: string}> {
  const request = {
    jsonrpc: '2.0' as const,
    id: 1,
    method: 'broadcast_tx_sync',
    params: {tx: Buffer.from(tx).toString('base64')},
  };
  try {
    const {result} = await rpc.execute(request);
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
