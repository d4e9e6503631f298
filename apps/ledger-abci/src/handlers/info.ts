import type {InfoAnswer} from '@vitalvault/abci';
import type {Ledger} from '../ledger.js';

/** Raised when a block would be executed differently than before. */
export const APP_VERSION = 1n;

/**
 * [ABCI Info] height and app hash of the last durable block: CometBFT replays what is missing. It changes nothing:
 * anybody asks the same by CometBFT's RPC, in the same words as CometBFT at its start.
 */
export function info(ledger: Ledger): InfoAnswer {
  return {
    data: 'vitalvault',
    version: '0.1.0',
    appVersion: APP_VERSION,
    lastBlockHeight: ledger.tip?.height ?? 0n,
    lastBlockAppHash: ledger.tip?.appHash ?? new Uint8Array(0),
  };
}
