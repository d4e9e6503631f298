import type {InfoAnswer, RequestInfo} from '@vitalvault/abci';
import type {Ledger} from '../ledger.js';

/** Raised when a block would be executed differently than before. */
export const APP_VERSION = 1n;

/** [ABCI Info] height and app hash of the last durable block: CometBFT replays what is missing. */
export function info(ledger: Ledger, request: RequestInfo): InfoAnswer {
  // CometBFT asks for this once at its start (with its version), and a CometBFT that starts has an empty pool.
  if (request.version !== '') ledger.pending.clear();
  return {
    data: 'vitalvault',
    version: '0.1.0',
    appVersion: APP_VERSION,
    lastBlockHeight: ledger.tip?.height ?? 0n,
    lastBlockAppHash: ledger.tip?.appHash ?? new Uint8Array(0),
  };
}
