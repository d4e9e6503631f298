import {TOPICS, encodeCanonical, fromHex} from '@vitalvault/contracts';
import {LedgerEventSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {currentTraceparent, linksTo, withSpan} from '@vitalvault/process';
import {decodeBlock} from '../domain/decode-block.js';
import type {BlockTransaction} from '../domain/decode-block.js';
import {supersedes} from '../domain/transaction-outcome.js';
import type {AccessLeaves, NewLeaf} from './access-leaves.js';
import {applyLeaf} from './apply-leaf.js';
import {applyMemberMessage} from './apply-member-message.js';
import type {ChainPosition, LedgerBlock, ProjectionStore, ProjectionWriter, TransactionTraces} from './ports.js';
import type {TransactionOutcomes} from './transaction-outcomes.js';

/**
 * Projects one block: its transactions in order, each with the effects that the ledger gave it, and an event for Kafka
 * per new leaf of an access log, all in one database transaction with the block's height.
 */
export class ProjectBlock {
  constructor(
    private readonly ports: {
      store: ProjectionStore;
      leaves: AccessLeaves;
      traces: TransactionTraces;
      outcomes: TransactionOutcomes;
    },
  ) {}

  /** Nothing happens for a block that this or another process of the service has projected before. */
  async execute(block: LedgerBlock): Promise<void> {
    const transactions = decodeBlock(block);
    const position = await this.ports.store.position();
    if (position === undefined || position.height < block.height) await this.write(block, transactions);
    for (const {txId} of transactions) this.ports.outcomes.projected(txId);
  }

  private async write(block: LedgerBlock, transactions: readonly BlockTransaction[]): Promise<void> {
    if (transactions.length === 0) {
      await this.ports.store.project(block, () => Promise.resolve());
      return;
    }
    // [D-1] No trace context travels in a transaction: who posted it through this service is linked by its hash.
    const traces = await this.ports.traces.find(transactions.map(({txHash}) => txHash));
    await withSpan(
      'policy.project_block',
      {
        attributes: {'vitalvault.height': Number(block.height), 'vitalvault.transactions': transactions.length},
        links: linksTo(transactions.map(({txHash}) => traces.get(txHash))),
      },
      async () => {
        // The ledger is asked before the database transaction is opened, so that a slow validator holds no lock.
        const leaves = await this.ports.leaves.ofBlock(block.height, transactions);
        await this.ports.store.project(block, async (writer) => {
          await writer.expectTransactions(transactions.map(({txId}) => txId));
          const scribe = new BlockScribe(block, writer, leaves);
          for (const transaction of transactions) await scribe.write(transaction, traces.get(transaction.txHash));
        });
      },
    );
  }
}

/** Writes the transactions of one block. */
class BlockScribe {
  #events = 0;

  constructor(
    private readonly block: ChainPosition,
    private readonly writer: ProjectionWriter,
    private readonly leaves: ReadonlyMap<number, NewLeaf>,
  ) {}

  async write(transaction: BlockTransaction, postedBy: string | undefined): Promise<void> {
    const {txId, txHash, index, code, data} = transaction;
    const outcome = {txId, txHash, height: this.block.height, index, code, data};
    if (supersedes(outcome, await this.writer.transaction(txId))) await this.writer.putTransaction(outcome);
    if (code !== 0) return;
    const leaf = this.leaves.get(index);
    if (leaf === undefined) {
      await applyMemberMessage(transaction.body, this.writer);
      return;
    }
    await applyLeaf(leaf, {transaction, block: this.block}, this.writer);
    await this.announce(leaf, transaction, postedBy);
  }

  private async announce(leaf: NewLeaf, transaction: BlockTransaction, postedBy: string | undefined): Promise<void> {
    const {height, timeSeconds} = this.block;
    const index = this.#events++;
    const event = () =>
      encodeCanonical(LedgerEventSchema, {
        height,
        index,
        txId: fromHex(transaction.txId),
        txHash: fromHex(transaction.txHash),
        blockTime: timeSeconds,
        patient: fromHex(leaf.patient),
        code: transaction.code,
        accessLeaf: leaf.bytes,
        body: transaction.tx.body,
        data: transaction.data,
      });
    // A span of its own, linked to the request, so that what follows from the event can be reached from it.
    await withSpan('policy.ledger_event', {kind: 'producer', links: linksTo([postedBy])}, () =>
      this.writer.announce({
        topic: TOPICS.ledgerEvents,
        key: leaf.patient,
        value: event(),
        messageId: `${height}-${index}`,
        traceparent: currentTraceparent(),
      }),
    );
  }
}
