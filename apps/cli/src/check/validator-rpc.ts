/** What a CometBFT node says of itself. */
export interface RpcStatus {
  height: number;
  catchingUp: boolean;
  appHash: string;
  /** Of the ledger that it is a validator of. */
  chainId: string;
  /** Time of its newest block, Unix milliseconds. */
  blockTimeMs: number;
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
  const {sync_info: info, node_info: node} = (await call(rpc, '/status')) as {
    sync_info: {latest_block_height: string; latest_block_time: string; catching_up: boolean; latest_app_hash: string};
    node_info: {network: string};
  };
  return {
    height: Number(info.latest_block_height),
    catchingUp: info.catching_up,
    appHash: info.latest_app_hash.toLowerCase(),
    chainId: node.network,
    blockTimeMs: Date.parse(info.latest_block_time),
  };
}

/** App hash in a validator's header of a height: the state after the block before. */
export async function rpcAppHash(rpc: string, height: number): Promise<string> {
  const {signed_header: signed} = (await call(rpc, `/commit?height=${height}`)) as {
    signed_header: {header: {app_hash: string}};
  };
  return signed.header.app_hash.toLowerCase();
}
