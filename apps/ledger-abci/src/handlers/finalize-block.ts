import type {FinalizeBlockAnswer, RequestFinalizeBlock} from '@vitalvault/abci';
import {codespace} from '@vitalvault/contracts';
import type {Ledger} from '../ledger.js';
import {secondsOf} from './block-time.js';

/**
 * [ABCI FinalizeBlock] executes a decided block in memory; nothing is durable before Commit. Code and data of each
 * result are consensus data; there are no events, no gas and no words.
 */
export function finalizeBlock(ledger: Ledger, request: RequestFinalizeBlock): FinalizeBlockAnswer {
  const {height, time, txs, misbehavior} = request;
  const proven = misbehavior.map((one) => ({
    address: one.validator?.address ?? new Uint8Array(0),
    kind: one.type,
    height: one.height,
    time: secondsOf(one.time),
    power: one.validator?.power ?? 0n,
  }));
  const {executed, appHash} = ledger.execute({height, time: secondsOf(time)}, txs, proven);
  return {
    txResults: executed.results.map(({code, data}) => ({code, data, codespace: code === 0 ? '' : codespace(code)})),
    appHash,
  };
}
