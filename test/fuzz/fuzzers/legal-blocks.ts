import assert from 'node:assert/strict';
import {ProposalStatus} from '@vitalvault/abci';
import type {
  FinalizeBlockAnswer,
  RequestCheckTx,
  RequestPrepareProposal,
  RequestProcessProposal,
} from '@vitalvault/abci';
import {LIMITS, sha256Of, toHex} from '@vitalvault/contracts';
import {TestLedger} from '@vitalvault/ledger-state/testing';
import {nativeVerify} from '../../../apps/ledger-abci/src/crypto/native-verify.js';
import {blockRequest, openLedger, scratchDir} from '../../../apps/ledger-abci/test/scratch-ledger.js';
import type {RunningLedger} from '../../../apps/ledger-abci/test/scratch-ledger.js';
import {WITHOUT_SYNC} from '../../../apps/ledger-abci/test/stored-chain.js';
import {Chance} from '../../followers/chance.js';
import {RandomBlocks} from '../../followers/random-blocks.js';
import type {Fuzzer, Next, Play} from '../fuzzer.js';

const OPTIONS = {snapshotBlocks: 7, calls: WITHOUT_SYNC, verify: nativeVerify()};

/** The ledger as it is deployed, with pool, caches, proposals and restarts, beside the pure transition function. */
class BesideEachOther implements Play {
  private readonly pure = new TestLedger(undefined, {sha256: sha256Of, verify: OPTIONS.verify});
  private readonly blocks: RandomBlocks;
  private readonly prologue: Generator<Uint8Array[]>;

  private constructor(
    private readonly next: Next,
    private readonly root: ReturnType<typeof scratchDir>,
    private node: RunningLedger,
  ) {
    this.blocks = new RandomBlocks(this.pure, new Chance(`fuzz ${next(2 ** 31)}`));
    this.prologue = this.blocks.prologue();
  }

  static async open(next: Next): Promise<BesideEachOther> {
    const root = scratchDir();
    return new BesideEachOther(next, root, await openLedger(root.path, OPTIONS));
  }

  async input(): Promise<string> {
    const begun = this.prologue.next();
    const txs = begun.done === true ? this.blocks.next() : begun.value;
    await this.before(txs);
    const {results} = this.pure.commit(txs, this.once(8) ? BigInt(this.next(20_000)) : BigInt(1 + this.next(9)));
    const {height} = this.pure.block;
    const answer = await this.execute(txs);
    assert.equal(toHex(answer.appHash as Uint8Array), toHex(this.pure.appHash), `app hash of block ${height}`);
    assert.deepEqual(
      answer.txResults?.map(({code, data}) => [code, toHex(data as Uint8Array)]),
      results.map(({code, data}) => [code, toHex(data)]),
    );
    const isCommitted = !this.once(9);
    if (isCommitted) await this.node.application.commit({} as never);
    if (isCommitted && !this.once(9)) return 'block';
    // Killed before its Commit or after it: what is missing comes again.
    await this.node.close();
    this.node = await openLedger(this.root.path, OPTIONS);
    if (!isCommitted) {
      await this.execute(txs);
      await this.node.application.commit({} as never);
    }
    assert.equal(toHex(this.node.ledger.tip?.appHash ?? new Uint8Array()), toHex(this.pure.appHash), 'after a start');
    return isCommitted ? 'block, then a start' : 'block, lost and again';
  }

  async close(): Promise<void> {
    await this.node.close();
    this.root.remove();
  }

  /** What may come before a block: some of it in the pool, and a proposal of it, which others would accept. */
  private async before(txs: Uint8Array[]): Promise<void> {
    const {application} = this.node;
    for (const tx of txs) if (this.once(2)) await application.checkTx({tx} as RequestCheckTx);
    const maxTxBytes = BigInt(this.once(4) ? this.next(20_000) : LIMITS.cometBlockBytes);
    const proposal = await application.prepareProposal({txs, maxTxBytes} as RequestPrepareProposal);
    const judged = await application.processProposal({txs: proposal.txs} as RequestProcessProposal);
    assert.equal(judged.status, ProposalStatus.ACCEPT, 'its own proposal is refused');
  }

  private async execute(txs: readonly Uint8Array[]): Promise<FinalizeBlockAnswer> {
    const {height, time: seconds} = this.pure.block;
    return this.node.application.finalizeBlock({...blockRequest(height, txs), time: {seconds}} as never);
  }

  private once(n: number): boolean {
    return this.next(n) === 0;
  }
}

export const legalBlocks: Fuzzer = {
  name: 'random blocks',
  never: 'another app hash, code or datum than the pure transition function; an own proposal refused',
  batch: 60,
  quick: 60,
  reaches: ['block', 'block, then a start'],
  open: (next) => BesideEachOther.open(next),
};
