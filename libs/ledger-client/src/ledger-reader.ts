import type {MessageInitShape} from '@bufbuild/protobuf';
import type {Comet38Client, RpcClient} from '@cosmjs/tendermint-rpc';
import {CODE, NotCanonicalError, encodeCanonical} from '@vitalvault/contracts';
import {ProofRequestSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {DomainError} from '@vitalvault/errors';
import {decodeProofAnswer} from '@vitalvault/proofs';
import {setTimeout as sleep} from 'node:timers/promises';
import {RpcRefusal} from './rpc-endpoint.js';

export interface LedgerBlock {
  readonly height: bigint;
  readonly timeSeconds: bigint;
  /** Of its header, 32 bytes. */
  readonly hash: Uint8Array;
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

/** What can be read of the ledger over CometBFT's RPC, of one node or of several. NOT verified. */
export class LedgerReader {
  private loaded: Promise<Comet38Client> | undefined;
  private nextId = 1;

  constructor(
    private readonly source: RpcClient,
    /** Ends every wait. */
    readonly signal: AbortSignal,
  ) {}

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

  /**
   * State and log proofs of one committed height.
   * @throws DomainError('invalid-field') when the node refuses the question; 'not-verified' when its answer is not
   *   canonical; 'ledger-unavailable', with meta {reason: 'busy'} when it has no time for questions now
   */
  async proofs(request: MessageInitShape<typeof ProofRequestSchema>): Promise<ProofResponse> {
    const {code, value, log} = await this.asked((comet) =>
      comet.abciQuery({path: '/proofs', data: encodeCanonical(ProofRequestSchema, request)}),
    );
    if (code === CODE.quota)
      throw new DomainError('ledger-unavailable', {
        detail: 'A node has no time for questions.',
        meta: {reason: 'busy'},
      });
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
      const {block, blockId} = await comet.block(Number(height));
      const {results} = await comet.blockResults(Number(height));
      if (BigInt(block.header.height) !== height || results.length !== block.txs.length) {
        throw new DomainError('ledger-unavailable', {
          detail: `A node gave another block than ${height}, or not its results.`,
        });
      }
      return {
        height,
        timeSeconds: BigInt(Math.floor(block.header.time.getTime() / 1000)),
        hash: blockId.hash,
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

  private async signedHeader(height: bigint | undefined): Promise<string | undefined> {
    const params = height === undefined ? {} : {height: height.toString()};
    try {
      const answer = await this.source.execute({jsonrpc: '2.0', id: this.nextId++, method: 'commit', params});
      const header: unknown = (answer.result as {signed_header?: unknown}).signed_header ?? undefined;
      return header === undefined ? undefined : JSON.stringify(header);
    } catch (error) {
      if (error instanceof RpcRefusal && NOT_YET.test(error.message)) return undefined;
      throw toDomainError(error);
    }
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
    this.loaded ??= import('@cosmjs/tendermint-rpc').then((cosmjs) => cosmjs.Comet38Client.create(this.source));
    return this.loaded;
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, {signal: this.signal}).catch((cause: unknown) => {
      throw new DomainError('shutting-down', {cause});
    });
  }
}

// A refusal that no caller expects, or an answer that cosmjs cannot read: the node is sick, the request was sound.
function toDomainError(error: unknown): DomainError {
  return error instanceof DomainError
    ? error
    : new DomainError('ledger-unavailable', {detail: 'A node gave no usable answer.', cause: error});
}
