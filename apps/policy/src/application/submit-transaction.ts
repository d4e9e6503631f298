import {CODE} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {currentTraceparent, histogram, withSpan} from '@vitalvault/process';
import type {LabelsOf} from '@vitalvault/process';
import {acceptTransaction} from '../domain/decode-transaction.js';
import type {DecodedTransaction} from '../domain/decode-transaction.js';
import {isFinal} from '../domain/transaction-outcome.js';
import type {TransactionOutcome} from '../domain/transaction-outcome.js';
import type {Follower, LedgerSource, Projection, TransactionTraces} from './ports.js';
import type {ExpectedOutcome, TransactionOutcomes} from './transaction-outcomes.js';

const WAIT_MS = 15_000;
// Three nodes get it while a request waits: one that takes transactions and passes none on must not be the only one.
const RESEND_MS = 5_000;
// CheckTx may know a block that the follower has not projected yet.
const CATCH_UP_MS = 3_000;
const duration = histogram('vitalvault.transaction.duration');

type Labels = LabelsOf<'vitalvault.transaction.duration'>;
type TimeWasted = NonNullable<Labels['error.type']>;
const TIME_WASTED = ['tx-timeout', 'ledger-unavailable', 'follower-stopped'] as const satisfies readonly TimeWasted[];

export interface Submitted {
  readonly txId: string;
  /** Of whatever code, once its block is projected; undefined: it was not waited for. */
  readonly outcome: TransactionOutcome | undefined;
}

/** Sends any signed transaction to the ledger. The same bytes again give the same answer. */
export class SubmitTransaction {
  constructor(
    private readonly options: {chainId: string; waitMs?: number; resendMs?: number},
    private readonly ports: {
      ledger: LedgerSource;
      projection: Projection;
      traces: TransactionTraces;
      outcomes: TransactionOutcomes;
      follower: Follower;
    },
  ) {}

  /**
   * @param wait false: only hands it to a mempool
   * @throws DomainError what `acceptTransaction` refuses; tx-refused by a mempool; tx-timeout and follower-stopped with
   *   the id: it was sent, its outcome is unknown
   */
  async execute(bytes: Uint8Array, {wait}: {wait: boolean}): Promise<Submitted> {
    const transaction = acceptTransaction(bytes, this.options.chainId);
    const {txId} = transaction;
    const atMs = performance.now();
    const known = await this.ports.projection.transaction(txId);
    if (known !== undefined && isFinal(known)) return {txId, outcome: wait ? known : undefined};
    const expected = this.ports.outcomes.expect(txId, known?.height);
    const measure = (error?: {'error.type': TimeWasted}): void => {
      const kind = kindOf(transaction);
      if (wait && kind !== undefined) duration((performance.now() - atMs) / 1_000, {kind, ...error});
    };
    try {
      const replayed = await this.broadcast(bytes, transaction, {expected, known});
      if (!wait) return {txId, outcome: undefined};
      const outcome = replayed ?? (await this.outcomeOf(txId, bytes, expected));
      measure();
      return {txId, outcome};
    } catch (error) {
      const wasted = wastedBy(error);
      if (wasted !== undefined) measure({'error.type': wasted});
      throw error;
    } finally {
      expected.close();
    }
  }

  private async outcomeOf(txId: string, bytes: Uint8Array, expected: ExpectedOutcome): Promise<TransactionOutcome> {
    const waitMs = this.options.waitMs ?? WAIT_MS;
    this.ports.follower.mustGoOn({txId});
    // The same bytes again go to the next node; what that one says decides nothing, the block does.
    const again = setInterval(() => {
      this.ports.ledger.broadcast(bytes).catch(() => undefined);
    }, this.options.resendMs ?? RESEND_MS);
    const outcome = await withSpan('policy.wait_for_block', {}, () => expected.within(waitMs)).finally(() => {
      clearInterval(again);
    });
    if (outcome === undefined) this.ports.follower.mustGoOn({txId});
    if (outcome === undefined)
      throw new DomainError('tx-timeout', {detail: `It is in no block after ${waitMs} ms.`, meta: {txId}});
    return outcome;
  }

  /** A row is for what a mempool took: its quotas bound them. It only links spans, and the block is not here yet. */
  private async remember(txHash: string): Promise<void> {
    const traceparent = currentTraceparent();
    if (traceparent !== undefined) await this.ports.traces.remember(txHash, traceparent).catch(() => undefined);
  }

  /** @returns the outcome, when the mempool refuses only because the transaction is in a block already. */
  private async broadcast(
    bytes: Uint8Array,
    {txId, txHash}: DecodedTransaction,
    seen: {expected: ExpectedOutcome; known: TransactionOutcome | undefined},
  ): Promise<TransactionOutcome | undefined> {
    const {expected, known} = seen;
    return withSpan('policy.broadcast_tx', {kind: 'client'}, async () => {
      try {
        await this.ports.ledger.broadcast(bytes);
        await this.remember(txHash);
        return undefined;
      } catch (error) {
        const replayed =
          error instanceof DomainError && error.code === 'tx-refused' && error.meta['code'] === CODE.nonceUsed;
        const outcome = replayed ? (known ?? (await expected.within(CATCH_UP_MS))) : undefined;
        if (outcome !== undefined) return outcome;
        if (!(error instanceof DomainError) || error.code !== 'tx-refused') throw error;
        if (replayed) this.ports.follower.mustGoOn({txId});
        throw new DomainError('tx-refused', {
          ...(error.detail === undefined ? {} : {detail: error.detail}),
          meta: {...error.meta, txId},
          cause: error,
        });
      }
    });
  }
}

/** Why it was waited for in vain; undefined: it was refused, which is an answer. */
function wastedBy(error: unknown): TimeWasted | undefined {
  if (!(error instanceof DomainError)) return 'other';
  if (error.category !== 'unavailable') return undefined;
  return TIME_WASTED.find((code) => code === error.code) ?? 'other';
}

function kindOf({body: {message}}: DecodedTransaction): Labels['kind'] | undefined {
  // A grant of nothing ends the one before it.
  return message.case === 'putGrant' && message.value.typeTags.length === 0 ? 'revokeGrant' : message.case;
}
