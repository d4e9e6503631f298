import {announceTrace} from './announce-trace.js';
import {broadcastThrough} from './broadcast.js';
import type {Broadcast} from './broadcast.js';
import {Failover} from './failover.js';
import type {LedgerLog} from './ledger-log.js';
import {LedgerReader} from './ledger-reader.js';
import {httpEndpoint} from './rpc-endpoint.js';
import type {RpcEndpoint, RpcRequest} from './rpc-endpoint.js';
import {RefusedAlone} from './refused-alone.js';
import {SentBefore} from './sent-before.js';

/** One node of several. */
export type LedgerNode = Pick<LedgerReader, 'proofs' | 'lightBlock' | 'waitForHeader'> & {readonly url: string};

/** One of them, asked for blocks too. */
export type BlockNode = LedgerNode & Pick<LedgerReader, 'blockIfThere'>;

export interface LedgerClientOptions {
  /** http URLs of CometBFT's RPC; the first is the own validator's, preferred whenever it works. */
  readonly rpcUrls: readonly string[];
  readonly log: LedgerLog;
  /** For one attempt at one node. */
  readonly timeoutMs?: number;
  /** For one call over all nodes with its repetitions. */
  readonly deadlineMs?: number;
  /** W3C traceparent of the span that broadcasts, if there is one; the own validator alone is told. */
  readonly traceparent?: () => string | undefined;
}

/** What the services ask of the ledger, over several nodes. Answers are NOT verified: see `verifiedProofs`. */
export class LedgerClient extends LedgerReader {
  private readonly rpc: Failover;
  private readonly memory = {sent: new SentBefore(), alone: new RefusedAlone()};
  /** Who was early when it was last asked. */
  private readonly earlyOnce = new Set<string>();
  private readonly traceparent: () => string | undefined;

  constructor({
    rpcUrls,
    log,
    timeoutMs = 3_000,
    deadlineMs = 8_000,
    traceparent = () => undefined,
  }: LedgerClientOptions) {
    const rpc = new Failover({endpoints: rpcUrls.map((url) => httpEndpoint(url, timeoutMs)), log, deadlineMs});
    super(rpc, rpc.signal);
    this.rpc = rpc;
    this.traceparent = traceparent;
  }

  /**
   * Gives a transaction to a mempool; one that is there already counts as sent. It is NOT committed by this, whatever
   * the node says: the same bytes again are given to the next node.
   * @throws DomainError('tx-refused') with meta {code, codeName} when CheckTx of more nodes refuses it than may lie, or
   *   of all; 'ledger-unavailable'
   */
  async broadcast(tx: Uint8Array): Promise<Broadcast> {
    const traceparent = this.traceparent();
    const [own] = this.rpc.endpoints;
    if (traceparent !== undefined && own !== undefined) announceTrace(own, tx, {traceparent, signal: this.rpc.signal});
    return broadcastThrough(this.rpc, this.memory, tx);
  }

  /** URL of the node that is asked next. */
  get currentUrl(): string {
    return this.rpc.current.url;
  }

  /** URL of the node that gave the latest answer; empty before the first. */
  get answeredBy(): string {
    return this.rpc.answeredBy;
  }

  get nodes(): number {
    return this.rpc.endpoints.length;
  }

  /** Each node by itself, in the order in which they would be asked: what one says can be laid at its door. */
  inTurn(): readonly BlockNode[] {
    return this.rpc.inTurn().map(({url, rpc}) => Object.assign(new LedgerReader(rpc, this.signal), {url}));
  }

  /** Stops asking a node first that lies; it gets another chance later. */
  demote(url: string, why: string): void {
    this.rpc.demote(url, why);
  }

  /** Stops asking a node first that is late where another is not. No lie: it is forgotten in an hour. */
  passOver(url: string, why: string): void {
    this.rpc.passOver(url, why);
  }

  /**
   * A node waited in vain for the header of its answer's state, and nobody shows that header. Any honest one may; it is
   * passed over the second time in a row.
   */
  early(url: string, why: string): void {
    if (this.earlyOnce.delete(url)) this.passOver(url, why);
    else this.earlyOnce.add(url);
  }

  /** A node proved an answer. */
  proved(url: string): void {
    this.earlyOnce.delete(url);
  }

  /** Passes over nodes that are more than `tolerance` blocks behind the foremost one: alive, but stuck or cut off. */
  async demoteLaggards(tolerance = 2n): Promise<void> {
    const heights = await Promise.all(
      this.rpc.endpoints.map(async (endpoint) => ({url: endpoint.url, height: await this.heightAt(endpoint)})),
    );
    const foremost = heights.reduce((max, {height}) => (height !== undefined && height > max ? height : max), 0n);
    for (const {url, height} of heights) {
      if (height !== undefined && height + tolerance < foremost)
        this.rpc.passOver(url, `at height ${height} of ${foremost}`);
    }
  }

  /**
   * A header, or the newest, as each node shows it, in no order and not verified. Who shows none in time is not among
   * them.
   */
  async headersOf(height: bigint | 'newest', patienceMs = 3_000): Promise<string[]> {
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(patienceMs)]);
    const shown = await Promise.all(this.rpc.endpoints.map((endpoint) => headerAt(endpoint, height, signal)));
    return shown.filter((text) => text !== undefined);
  }

  /** Ends every call that is under way; the client is of no use afterwards. */
  close(): void {
    this.rpc.disconnect();
  }

  private async heightAt(endpoint: RpcEndpoint): Promise<bigint | undefined> {
    try {
      const {result} = await endpoint.execute({jsonrpc: '2.0', id: 1, method: 'status', params: {}}, this.signal);
      const {latest_block_height: height} = result.sync_info as {latest_block_height: string};
      return BigInt(height);
    } catch {
      return undefined;
    }
  }
}

// Asked on the side: who does not answer here need not rest for it.
async function headerAt(
  endpoint: RpcEndpoint,
  height: bigint | 'newest',
  signal: AbortSignal,
): Promise<string | undefined> {
  const rpc = {execute: (request: RpcRequest) => endpoint.execute(request, signal), disconnect: () => undefined};
  return new LedgerReader(rpc, signal).lightBlock(height === 'newest' ? undefined : height).catch(() => undefined);
}
