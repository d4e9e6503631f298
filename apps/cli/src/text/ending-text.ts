import type {DueEnding, EndingNotice, TxResult} from '@vitalvault/sdk';

/** What is said of something that a patient took back. */
export function noticeText({ending, isProven}: EndingNotice): string {
  return isProven
    ? `The ${nameOf(ending)} is proven now: it holds.`
    : `The ${nameOf(ending)} is not yet proven. It was sent, and the next command sends it again.`;
}

export function dueText(ending: DueEnding): string {
  return `The ${nameOf(ending)} is not yet proven: the next command that changes something sends it again.`;
}

function nameOf(ending: DueEnding): string {
  return ending.kind === 'revocation' ? `revocation of ${ending.grantId}` : `removal of the device ${ending.device}`;
}

/** Fields of the transaction that ended it. */
export function transactionOf(result: TxResult | undefined): Record<string, string | bigint> {
  return result === undefined
    ? {transaction: 'none: the ledger proves that it is over already'}
    : {transaction: result.txId, height: result.height};
}
