import {CODE} from '@vitalvault/contracts';

/** What the ledger answered to a transaction, and where. */
export interface TransactionOutcome {
  readonly txId: string;
  readonly txHash: string;
  readonly height: bigint;
  /** Place in the block, from 0. */
  readonly index: number;
  readonly code: number;
  readonly data: Uint8Array;
}

/**
 * Refusals that come before the nonce is used up: the same bytes may still be executed later. @spec docs/protocol.md
 * §4.2
 */
const BEFORE_THE_NONCE: ReadonlySet<number> = new Set([
  CODE.expired,
  CODE.expiryTooFar,
  CODE.unknownKey,
  CODE.notAuthorised,
  CODE.nonceTooFar,
]);

/** Whether sending the same bytes again could give anything else. */
export function isFinal(outcome: Pick<TransactionOutcome, 'code'>): boolean {
  return !BEFORE_THE_NONCE.has(outcome.code);
}

/**
 * Whether the outcome of a further inclusion of one transaction is its result instead of the stored one. The result of
 * a transaction is that of the inclusion which used its nonce; a replay that finds the nonce used tells nothing new.
 */
export function supersedes(
  later: Pick<TransactionOutcome, 'code'>,
  stored: Pick<TransactionOutcome, 'code'> | undefined,
): boolean {
  if (stored === undefined) return true;
  return !isFinal(stored) && later.code !== CODE.nonceUsed;
}
