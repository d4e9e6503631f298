import {CheckTxType} from '@vitalvault/abci';
import type {CheckTxAnswer, RequestCheckTx} from '@vitalvault/abci';
import {CODE, codeName, codespace} from '@vitalvault/contracts';
import {accountOf, applyTx} from '@vitalvault/ledger-state';
import {pendingOf, txName} from '../cache/checked-txs.js';
import type {Ledger} from '../ledger.js';

/**
 * [ABCI CheckTx] lets into the pool what is well-formed, would hold as things stand, and does not crowd others out.
 * Everything but structure and signatures is a courtesy: FinalizeBlock judges again.
 */
export function checkTx(ledger: Ledger, {tx, type}: RequestCheckTx, name = txName(tx)): CheckTxAnswer {
  const answer = judge(ledger, tx, name);
  // What a succession makes void must not keep the places of her who succeeds.
  if (type === CheckTxType.RECHECK && answer.code !== CODE.ok) ledger.pending.dropped(name);
  return answer;
}

function judge(ledger: Ledger, tx: Uint8Array, name: string): CheckTxAnswer {
  const checked = ledger.txs.check(tx, name);
  if (!checked.ok) return refusal(checked.code, wordsOf(checked));
  const {overlay, context} = ledger.checkState();
  const account = accountOf(overlay, checked.signingKeys[0].publicKey, overlay.sha256);
  const pending = pendingOf(checked, account, tx.length);
  if (ledger.pending.get(name) === undefined && !ledger.pending.admits(pending))
    return refusal(CODE.quota, 'too much of this kind, organisation or actor is waiting already');
  const fork = overlay.fork();
  const outcome = applyTx(fork, checked, context);
  if (outcome.code !== CODE.ok) return refusal(outcome.code, wordsOf(outcome));
  overlay.absorb(fork);
  ledger.pending.add(name, pending);
  return {code: CODE.ok};
}

/** The log is for people and no consensus data: it may name the field, never its value. */
function wordsOf({code, field}: {code: number; field?: string}): string {
  return field === undefined ? codeName(code) : `${codeName(code)}: ${field}`;
}

function refusal(code: number, log: string): CheckTxAnswer {
  return {code, codespace: codespace(code), log};
}
