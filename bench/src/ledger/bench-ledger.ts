import {setImmediate} from 'node:timers/promises';
import type {AbciApplication, RequestFinalizeBlock} from '@vitalvault/abci';
import {CODE, codeName, sha256Of, STATE_KIND} from '@vitalvault/contracts';
import type {Verify} from '@vitalvault/ledger-state';
import {TEST_TIME} from '@vitalvault/ledger-state/testing';
import {encodeStateKey} from '@vitalvault/proofs';
import {createApplication} from '../../../apps/ledger-abci/src/application.js';
import {Ledger} from '../../../apps/ledger-abci/src/ledger.js';
import {LedgerSpans} from '../../../apps/ledger-abci/src/ledger-spans.js';
import {LedgerStore} from '../../../apps/ledger-abci/src/store/ledger-store.js';
import type {StoreOptions} from '../../../apps/ledger-abci/src/store/ledger-store.js';
import {blockRequest, initChainRequest} from '../../../apps/ledger-abci/test/scratch-ledger.js';
import {BENCH_CHAIN, benchGenesis} from './bench-genesis.js';

const FILL_AT_ONCE = 100_000;
/** What a token bucket takes, of which a ledger has the most. */
const VALUE_BYTES = 12;

/** Codes of a block, and the milliseconds of its two calls. */
export interface BlockRun {
  readonly finalizeMs: number;
  readonly commitMs: number;
}

/** ledger-abci's application over a store on disk, called as CometBFT calls it but without a socket. */
export class BenchLedger {
  /** Unix seconds of the last block. */
  time = TEST_TIME;

  private constructor(
    readonly application: AbciApplication,
    private readonly ledger: Ledger,
    private readonly store: LedgerStore,
  ) {}

  /** Opens or begins the ledger in a directory. @param snapshots when they are due, at multiples; default: never */
  static async open(
    dir: string,
    verify: Verify,
    snapshots: Pick<StoreOptions, 'snapshotBlocks' | 'report'> = {snapshotBlocks: 1_000_000},
  ): Promise<BenchLedger> {
    const {store, recovered} = LedgerStore.open({dir, snapshotRemainder: 0, ...snapshots});
    const ledger = new Ledger(store, recovered, verify);
    const application = createApplication(ledger, new LedgerSpans());
    if (recovered.tip === undefined)
      await application.initChain({...initChainRequest(benchGenesis()), chainId: BENCH_CHAIN});
    return new BenchLedger(application, ledger, store);
  }

  /** Resolves when no snapshot is being written. */
  idle(): Promise<void> {
    return this.store.idle();
  }

  async close(): Promise<void> {
    await this.store.close();
  }

  get height(): bigint {
    return this.ledger.tip?.height ?? 0n;
  }

  /** Adds `count` keys that stand for other people's; before the first block, because no block is made of them. */
  fill(count: number): void {
    for (let from = 0; from < count; from += FILL_AT_ONCE) {
      const changes = Array.from({length: Math.min(FILL_AT_ONCE, count - from)}, (_, i) => fillerEntry(from + i));
      this.ledger.state.stage(changes);
      this.ledger.state.commitStaged(changes);
    }
  }

  /** FinalizeBlock and Commit of the next height. @throws Error when a transaction is refused */
  async block(txs: readonly Uint8Array[]): Promise<BlockRun> {
    const run = {finalizeMs: await this.finalize(txs), commitMs: await this.commit()};
    // A snapshot is written between the blocks.
    await setImmediate();
    return run;
  }

  /** @returns milliseconds until the block is durable */
  async commit(): Promise<number> {
    const start = performance.now();
    await this.application.commit({} as never);
    return performance.now() - start;
  }

  /** FinalizeBlock; `commit` follows. @returns its milliseconds */
  async finalize(txs: readonly Uint8Array[]): Promise<number> {
    this.time += 1n;
    const time = {seconds: this.time, nanos: 0} as RequestFinalizeBlock['time'];
    const request = {...blockRequest(this.height + 1n, txs), time};
    const start = performance.now();
    const {txResults = []} = await this.application.finalizeBlock(request as RequestFinalizeBlock);
    const milliseconds = performance.now() - start;
    const refused = txResults.find(({code = 0}) => code !== CODE.ok);
    if (refused !== undefined) throw new Error(`a transaction was refused: ${codeName(refused.code ?? 0)}`);
    return milliseconds;
  }

  /** CheckTx, as before a block. @throws Error when it is refused */
  async check(tx: Uint8Array): Promise<void> {
    const {code = 0, log} = await this.application.checkTx({tx} as never);
    if (code !== CODE.ok) throw new Error(`CheckTx refused: ${log ?? codeName(code)}`);
  }
}

function fillerEntry(number: number): {key: Uint8Array; value: Uint8Array} {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number);
  const random = sha256Of(bytes);
  return {
    key: encodeStateKey(STATE_KIND.bucket, [Uint8Array.of(2), random.slice(0, 20)]),
    value: random.slice(0, VALUE_BYTES),
  };
}
