import {TOPICS, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {LedgerEventSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {currentTraceparent, linksTo, withSpan} from '@vitalvault/process';
import {decodeBlock} from '../domain/decode-block.js';
import type {BlockTransaction, DecodedBlock} from '../domain/decode-block.js';
import {supersedes} from '../domain/transaction-outcome.js';
import type {AccessLeaves, NewLeaf} from './access-leaves.js';
import {applyLeaf} from './apply-leaf.js';
import {applyMemberMessage} from './apply-member-message.js';
import type {
  ChainPosition,
  ExpectedReads,
  LedgerBlock,
  ProjectionStore,
  ProjectionWriter,
  TransactionTraces,
} from './ports.js';
import type {TransactionOutcomes} from './transaction-outcomes.js';

/**
 * Projects blocks: their transactions in order, each with the effects that the ledger gave it, and an event for Kafka
 * per new leaf of an access log, all in one database transaction with their heights.
 */
export class ProjectBlocks {
  constructor(
    private readonly ports: {
      store: ProjectionStore;
      leaves: AccessLeaves;
      traces: TransactionTraces;
      outcomes: TransactionOutcomes;
    },
  ) {}

  /**
   * Nothing happens for blocks that this or another process of the service has projected before.
   * @param blocks in order, each one height above the one before it
   */
  async execute(...blocks: readonly LedgerBlock[]): Promise<void> {
    const decoded = blocks.map((block) => ({...block, transactions: decodeBlock(block)}));
    const position = await this.ports.store.position();
    const fresh = decoded.filter(({height}) => position === undefined || position.height < height);
    if (fresh.length > 0) await this.write(fresh);
    for (const {transactions} of decoded) for (const {txId} of transactions) this.ports.outcomes.projected(txId);
  }

  private async write(blocks: readonly DecodedBlock[]): Promise<void> {
    const transactions = blocks.flatMap((block) => block.transactions);
    if (transactions.length === 0) {
      await this.ports.store.project(blocks, () => Promise.resolve());
      return;
    }
    // [D-1] No trace context travels in a transaction: who posted it through this service is linked by its hash.
    const traces = await this.ports.traces.find(transactions.map(({txHash}) => txHash));
    const attributes = {
      'vitalvault.height': Number(blocks.at(-1)?.height),
      'vitalvault.transactions': transactions.length,
    };
    const links = linksTo(transactions.map(({txHash}) => traces.get(txHash)));
    await withSpan('policy.project_block', {attributes, links}, async () => {
      // The ledger is asked before the database transaction is opened, so that a slow validator holds no lock.
      const leaves = await this.ports.leaves.ofBlocks(blocks);
      await this.ports.store.project(blocks, async (writer) => {
        await writer.expect(readsOf(transactions, leaves));
        for (const block of blocks) {
          const scribe = new BlockScribe(block, writer, leaves);
          for (const one of block.transactions) await scribe.write(one, traces.get(one.txHash));
        }
      });
    });
  }
}

function readsOf(
  transactions: readonly BlockTransaction[],
  leaves: ReadonlyMap<BlockTransaction, NewLeaf>,
): ExpectedReads {
  const members = new Set<string>();
  const grants = new Map<string, ExpectedReads['grants'][number]>();
  for (const {patient, leaf} of leaves.values()) {
    const access = leaf.event.case === 'access' ? leaf.event.value : undefined;
    if (access?.request === undefined) continue;
    const grantId = toHex(access.request.grantId);
    members.add(toHex(access.reader));
    grants.set(`${patient}/${grantId}`, {patient, grantId});
  }
  return {transactions: transactions.map(({txId}) => txId), members: [...members], grants: [...grants.values()]};
}

/** Writes the transactions of one block. */
class BlockScribe {
  #events = 0;

  constructor(
    private readonly block: ChainPosition,
    private readonly writer: ProjectionWriter,
    private readonly leaves: ReadonlyMap<BlockTransaction, NewLeaf>,
  ) {}

  async write(transaction: BlockTransaction, postedBy: string | undefined): Promise<void> {
    const {txId, txHash, index, code, data} = transaction;
    const outcome = {txId, txHash, height: this.block.height, index, code, data};
    if (supersedes(outcome, await this.writer.transaction(txId))) await this.writer.putTransaction(outcome);
    if (code !== 0) return;
    const leaf = this.leaves.get(transaction);
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
