/** What a CometBFT node says of itself. */
export interface RpcStatus {
  height: number;
  catchingUp: boolean;
  appHash: string;
}

const TIMEOUT_MS = 5_000;

async function call(rpc: string, path: string): Promise<Record<string, unknown>> {
  const response = await fetch(new URL(path, rpc), {signal: AbortSignal.timeout(TIMEOUT_MS)});
  const body = (await response.json()) as {result?: Record<string, unknown>; error?: {message?: string; data?: string}};
  if (body.result === undefined)
    throw new Error(`${rpc}${path}: ${body.error?.data ?? body.error?.message ?? response.status}`);
  return body.result;
}

export async function rpcStatus(rpc: string): Promise<RpcStatus> {
  const {sync_info: info} = (await call(rpc, '/status')) as {
    sync_info: {latest_block_height: string; catching_up: boolean; latest_app_hash: string};
  };
  return {
    height: Number(info.latest_block_height),
    catchingUp: info.catching_up,
    appHash: info.latest_app_hash.toLowerCase(),
  };
}

/** App hash in a validator's header of a height: the state after the block before. */
export async function rpcAppHash(rpc: string, height: number): Promise<string> {
  const {signed_header: signed} = (await call(rpc, `/commit?height=${height}`)) as {
    signed_header: {header: {app_hash: string}};
  };
  return signed.header.app_hash.toLowerCase();
}

/** Transactions of a block, as anybody may read them. */
export async function rpcBlockTxs(rpc: string, height: number): Promise<Uint8Array[]> {
  const {block} = (await call(rpc, `/block?height=${height}`)) as {block: {data: {txs: string[]}}};
  return block.data.txs.map((tx) => Buffer.from(tx, 'base64'));
}

/** Sends a transaction to one validator's mempool. @returns the code of its own CheckTx */
export async function rpcBroadcast(rpc: string, tx: Uint8Array): Promise<{code: number; log: string}> {
  const {code, log} = (await call(rpc, `/broadcast_tx_sync?tx=0x${Buffer.from(tx).toString('hex')}`)) as {
    code: number;
    log: string;
  };
  return {code, log};
}
