import {Agent, request} from 'node:http';
import {setTimeout as delay} from 'node:timers/promises';

const CONNECTIONS = 8;
/** CometBFT takes no more in one JSON-RPC batch. */
const BATCH = 10;
const POLL_MS = 10;
const COMMITTED_WITHIN_MS = 120_000;

interface Answer {
  readonly result?: {
    readonly code?: number;
    readonly log?: string;
    readonly total?: string;
    readonly sync_info?: {readonly latest_block_height: string};
  };
  readonly error?: {readonly message: string; readonly data?: string};
}

/** Sends transactions to one CometBFT, as fast as it takes them, and knows when they are in blocks. */
export class Load {
  private readonly agent = new Agent({keepAlive: true, maxSockets: CONNECTIONS});

  constructor(private readonly rpcUrl: string) {}

  /** @returns seconds from the first byte sent to the last transaction committed @throws Error when one is refused */
  async commit(txs: readonly Uint8Array[]): Promise<number> {
    const bodies: string[] = [];
    for (let from = 0; from < txs.length; from += BATCH)
      bodies.push(JSON.stringify(txs.slice(from, from + BATCH).map((tx, i) => broadcast(tx, i))));
    const start = performance.now();
    const waiting = bodies.values();
    await Promise.all(Array.from({length: CONNECTIONS}, () => this.sendAll(waiting)));
    // Each was taken into the pool, and leaves it with its block.
    while ((await this.pooled()) > 0) {
      if (performance.now() > start + COMMITTED_WITHIN_MS) throw new Error('transactions are not committed');
      await delay(POLL_MS);
    }
    const seconds = (performance.now() - start) / 1000;
    // CometBFT closes a connection that is idle for 10 s, and the turns of the other arms take that long.
    this.agent.destroy();
    return seconds;
  }

  /** Ever so many at a time: a pool takes 64 of one key. */
  async commitInTurn(txs: readonly Uint8Array[], atOnce = 60): Promise<void> {
    for (let from = 0; from < txs.length; from += atOnce) await this.commit(txs.slice(from, from + atOnce));
  }

  /** Of the last block. */
  async height(): Promise<number> {
    return Number((await this.ask('status')).result?.sync_info?.latest_block_height);
  }

  private async sendAll(bodies: Iterator<string>): Promise<void> {
    for (let next = bodies.next(); next.done !== true; next = bodies.next()) {
      for (const {result, error} of await this.post<Answer[]>(next.value)) {
        if (error !== undefined) throw new Error(`not taken: ${error.message} ${error.data ?? ''}`);
        if (result?.code !== 0) throw new Error(`refused by CheckTx: ${String(result?.code)} ${result?.log ?? ''}`);
      }
    }
  }

  private async pooled(): Promise<number> {
    return Number((await this.ask('num_unconfirmed_txs')).result?.total ?? 1);
  }

  private ask(method: string): Promise<Answer> {
    return this.post<Answer>(JSON.stringify({jsonrpc: '2.0', id: 0, method, params: {}}));
  }

  private post<A>(body: string): Promise<A> {
    return new Promise((resolve, reject) => {
      const headers = {'content-type': 'application/json', 'content-length': Buffer.byteLength(body)};
      const call = request(this.rpcUrl, {method: 'POST', agent: this.agent, headers}, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          try {
            resolve(JSON.parse(Buffer.concat(chunks).toString()) as A);
          } catch (error) {
            reject(error as Error);
          }
        });
      });
      call.on('error', reject);
      call.end(body);
    });
  }
}

function broadcast(tx: Uint8Array, id: number): object {
  return {jsonrpc: '2.0', id, method: 'broadcast_tx_sync', params: {tx: Buffer.from(tx).toString('base64')}};
}
