import {SdkError} from '@vitalvault/sdk';
import type {DueEnding, EndingNotice, TxResult} from '@vitalvault/sdk';

/** What is said of something that a patient took back. */
export function noticeText({ending, isProven, isNone = false, error}: EndingNotice): string {
  if (isNone)
    return `The ${nameOf(ending)} had nothing to end: the ledger proves that there is none, and none can come.`;
  if (isProven) return `The ${nameOf(ending)} is proven now: it holds.`;
  const nobody = error instanceof SdkError && error.code === 'network' ? ' Nobody answered: nothing was decided.' : '';
  return `The ${nameOf(ending)} is not yet proven.${nobody} It is kept, and the next command sends it again; ${untilThen(ending)}.`;
}

export function dueText(ending: DueEnding): string {
  return `The ${nameOf(ending)} is not yet proven: the next command that changes something sends it again; ${untilThen(ending)}.`;
}

function untilThen({kind}: DueEnding): string {
  return `until it is proven, ${kind === 'revocation' ? 'the grant stands' : 'that registration is not removed'}`;
}

function nameOf(ending: DueEnding): string {
  return ending.kind === 'revocation'
    ? `revocation of ${ending.grantId}`
    : `removal of registration ${ending.registration} of the device ${ending.device}`;
}

/** Fields of the transaction that ended it. */
export function transactionOf(result: TxResult | undefined): Record<string, string | bigint> {
  return result === undefined
    ? {transaction: 'none: the ledger proves that it is over already'}
    : {transaction: result.txId, height: result.height};
}
