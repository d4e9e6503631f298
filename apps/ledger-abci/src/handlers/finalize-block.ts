import type {FinalizeBlockAnswer, RequestFinalizeBlock} from '@vitalvault/abci';
import {codespace} from '@vitalvault/contracts';
import type {Ledger} from '../ledger.js';
import {secondsOf} from './block-time.js';

/**
 * [ABCI FinalizeBlock] executes a decided block in memory; nothing is durable before Commit. Code and data of each
 * result are consensus data; there are no events, no gas and no words.
 */
export function finalizeBlock(ledger: Ledger, {height, time, txs}: RequestFinalizeBlock): FinalizeBlockAnswer {
  const {executed, appHash} = ledger.execute({height, time: secondsOf(time)}, txs);
  return {
    txResults: executed.results.map(({code, data}) => ({code, data, codespace: code === 0 ? '' : codespace(code)})),
    appHash,
  };
}
