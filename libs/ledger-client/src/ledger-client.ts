import type {MessageInitShape} from '@bufbuild/protobuf';
import type {Comet38Client} from '@cosmjs/tendermint-rpc';
import {NotCanonicalError, encodeCanonical} from '@vitalvault/contracts';
import {ProofRequestSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {DomainError} from '@vitalvault/errors';
import {decodeProofAnswer} from '@vitalvault/proofs';
import {setTimeout as sleep} from 'node:timers/promises';
import {announceTrace} from './announce-trace.js';
import {broadcastThrough} from './broadcast.js';
import type {Broadcast} from './broadcast.js';
import {Failover} from './failover.js';
import type {LedgerLog} from './ledger-log.js';
import {RpcRefusal, httpEndpoint} from './rpc-endpoint.js';
import type {RpcEndpoint, RpcResponse} from './rpc-endpoint.js';
import {SentBefore} from './sent-before.js';

export interface LedgerClientOptions {
  /** http URLs of CometBFT's RPC; the first is the own validator's, preferred whenever it works. */
  readonly rpcUrls: readonly string[];
  readonly log: LedgerLog;
  /** For one attempt at one node. */
  readonly timeoutMs?: number;
  /** For one call over all nodes with its repetitions. */
  readonly deadlineMs?: number;
  /** W3C traceparent of the span that broadcasts, if there is one. */
  readonly traceparent?: () => string | undefined;
}

export interface LedgerBlock {
  readonly height: bigint;
  readonly timeSeconds: bigint;
  readonly txs: readonly Uint8Array[];
  /** One for each transaction, in its order. */
  readonly results: readonly {readonly code: number; readonly data: Uint8Array}[];
}

export interface LedgerStatus {
  readonly height: bigint;
  /** Time of the newest block; milliseconds since the epoch. */
  readonly blockTimeMs: number;
  readonly catchingUp: boolean;
}

const NOT_YET = /must be less than or equal to the current blockchain height|could not find results for height/;
const HEADER_PAUSE_MS = 50;

/** What the services ask of the ledger, over several nodes. Answers are NOT verified: see `verifiedProofs`. */
export class LedgerClient {
  private readonly rpc: Failover;
  private readonly sent = new SentBefore();
  private loaded: Promise<Comet38Client> | undefined;
  private nextId = 1;

  private readonly traceparent: () => string | undefined;

  constructor({
    rpcUrls,
    log,
    timeoutMs = 3_000,
    deadlineMs = 8_000,
    traceparent = () => undefined,
  }: LedgerClientOptions) {
    this.traceparent = traceparent;
    this.rpc = new Failover({endpoints: rpcUrls.map((url) => httpEndpoint(url, timeoutMs)), log, deadlineMs});
  }

  /**
   * Gives a transaction to a mempool; one that is there already counts as sent. It is NOT committed by this, whatever
   * the node says: the same bytes again are given to the next node.
   * @throws DomainError('tx-refused') with meta {code, codeName} when CheckTx refuses it; 'ledger-unavailable'
   */
  async broadcast(tx: Uint8Array): Promise<Broadcast> {
    const traceparent = this.traceparent();
    if (traceparent !== undefined) await announceTrace(this.rpc, tx, traceparent);
    return broadcastThrough(this.rpc, this.sent, tx);
  }

  /** Newest or given header with its commit: the JSON text of /commit's signed_header. */
  async lightBlock(height?: bigint): Promise<string> {
    const text = await this.signedHeader(height);
    if (text === undefined) throw new DomainError('not-found', {detail: `There is no block ${height ?? ''} yet.`});
    return text;
  }

  /** As `lightBlock`, but waits until the block exists. @throws DomainError('ledger-unavailable') after `timeoutMs` */
  async waitForHeader(height: bigint, timeoutMs = 10_000): Promise<string> {
    for (const until = performance.now() + timeoutMs; ;) {
      const text = await this.signedHeader(height);
      if (text !== undefined) return text;
      if (performance.now() > until)
        throw new DomainError('ledger-unavailable', {detail: `No block ${height} within ${timeoutMs} ms.`});
      await this.pause(HEADER_PAUSE_MS);
    }
  }

  /** State and log proofs of one committed height, not verified. */
  async proofs(request: MessageInitShape<typeof ProofRequestSchema>): Promise<ProofResponse> {
    const {code, value, log} = await this.asked((comet) =>
      comet.abciQuery({path: '/proofs', data: encodeCanonical(ProofRequestSchema, request)}),
    );
    if (code !== undefined && code !== 0)
      throw new DomainError('invalid-field', {detail: `The ledger refuses the query: ${log ?? ''}`, meta: {code}});
    try {
      return decodeProofAnswer(value);
    } catch (cause) {
      if (cause instanceof NotCanonicalError)
        throw new DomainError('not-verified', {detail: 'The proofs are not canonical.', cause});
      throw cause;
    }
  }

  /** A block with its results, or undefined when it is not there yet. */
  async blockIfThere(height: bigint): Promise<LedgerBlock | undefined> {
    try {
      const comet = await this.comet();
      const {block} = await comet.block(Number(height));
      const {results} = await comet.blockResults(Number(height));
      if (BigInt(block.header.height) !== height || results.length !== block.txs.length) {
        throw new DomainError('ledger-unavailable', {
          detail: `A node gave another block than ${height}, or not its results.`,
        });
      }
      return {
        height,
        timeSeconds: BigInt(Math.floor(block.header.time.getTime() / 1000)),
        txs: block.txs,
        results: results.map(({code, data}) => ({code, data: data ?? new Uint8Array()})),
      };
    } catch (error) {
      if (error instanceof RpcRefusal && NOT_YET.test(error.message)) return undefined;
      throw toDomainError(error);
    }
  }

  /** @throws DomainError('not-found') when the block is not there yet. */
  async block(height: bigint): Promise<LedgerBlock> {
    const block = await this.blockIfThere(height);
    if (block === undefined) throw new DomainError('not-found', {detail: `There is no block ${height} yet.`});
    return block;
  }

  async status(): Promise<LedgerStatus> {
    const {syncInfo} = await this.asked((comet) => comet.status());
    return {
      height: BigInt(syncInfo.latestBlockHeight),
      blockTimeMs: syncInfo.latestBlockTime.getTime(),
      catchingUp: syncInfo.catchingUp,
    };
  }

  /** URL of the node that is asked next. */
  get currentUrl(): string {
    return this.rpc.current.url;
  }

  /** Aborted by `close`. */
  get signal(): AbortSignal {
    return this.rpc.signal;
  }

  /** URL of the node that gave the latest answer; empty before the first. */
  get answeredBy(): string {
    return this.rpc.answeredBy;
  }

  get nodes(): number {
    return this.rpc.endpoints.length;
  }

  /** Stops asking a node first that answers wrongly; it gets another chance later. */
  demote(url: string, why: string): void {
    this.rpc.demote(url, why);
  }

  /** Demotes nodes that are more than `tolerance` blocks behind the foremost one: alive, but stuck or cut off. */
  async demoteLaggards(tolerance = 2n): Promise<void> {
    const heights = await Promise.all(
      this.rpc.endpoints.map(async (endpoint) => ({url: endpoint.url, height: await this.heightAt(endpoint)})),
    );
    const foremost = heights.reduce((max, {height}) => (height !== undefined && height > max ? height : max), 0n);
    for (const {url, height} of heights) {
      if (height !== undefined && height + tolerance < foremost)
        this.rpc.demote(url, `at height ${height} of ${foremost}`);
    }
  }

  /** A header as each node shows it, in no order; who shows none is not among them. Not verified. */
  async headersOf(height: bigint): Promise<string[]> {
    const shown = await Promise.all(this.rpc.endpoints.map((endpoint) => this.headerAt(endpoint, height)));
    return shown.filter((text) => text !== undefined);
  }

  /** Ends every call that is under way; the client is of no use afterwards. */
  close(): void {
    this.rpc.disconnect();
  }

  private async signedHeader(height: bigint | undefined): Promise<string | undefined> {
    try {
      return headerIn(
        await this.rpc.execute(this.request('commit', height === undefined ? {} : {height: height.toString()})),
      );
    } catch (error) {
      if (error instanceof RpcRefusal && NOT_YET.test(error.message)) return undefined;
      throw toDomainError(error);
    }
  }

  private async headerAt(endpoint: RpcEndpoint, height: bigint): Promise<string | undefined> {
    try {
      return headerIn(await endpoint.execute(this.request('commit', {height: height.toString()}), this.rpc.signal));
    } catch {
      return undefined;
    }
  }

  private async heightAt(endpoint: RpcEndpoint): Promise<bigint | undefined> {
    try {
      const {result} = await endpoint.execute(this.request('status', {}), this.rpc.signal);
      const {latest_block_height: height} = result.sync_info as {latest_block_height: string};
      return BigInt(height);
    } catch {
      return undefined;
    }
  }

  private request(method: string, params: Record<string, string>) {
    return {jsonrpc: '2.0' as const, id: this.nextId++, method, params};
  }

  private async asked<T>(ask: (comet: Comet38Client) => Promise<T>): Promise<T> {
    try {
      return await ask(await this.comet());
    } catch (error) {
      throw toDomainError(error);
    }
  }

  // Loaded late: cosmjs is CommonJS that requires the very ES modules (noble) which our own graph is still loading at
  // start, and Jest calls that a cycle.
  private comet(): Promise<Comet38Client> {
    this.loaded ??= import('@cosmjs/tendermint-rpc').then((cosmjs) => cosmjs.Comet38Client.create(this.rpc));
    return this.loaded;
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, {signal: this.rpc.signal}).catch((cause: unknown) => {
      throw new DomainError('shutting-down', {cause});
    });
  }
}

function headerIn({result}: RpcResponse): string | undefined {
  const header: unknown = result.signed_header ?? undefined;
  return header === undefined ? undefined : JSON.stringify(header);
}

// A refusal that no caller expects, or an answer that cosmjs cannot read: the node is sick, the request was sound.
function toDomainError(error: unknown): DomainError {
  return error instanceof DomainError
    ? error
    : new DomainError('ledger-unavailable', {detail: 'A node gave no usable answer.', cause: error});
}
