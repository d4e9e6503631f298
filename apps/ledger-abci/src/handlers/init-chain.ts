import type {InitChainAnswer, RequestInitChain} from '@vitalvault/abci';
import {genesisBytes, InvalidGenesisError} from '@vitalvault/light-client';
import type {Ledger} from '../ledger.js';
import {secondsOf} from './block-time.js';

/**
 * [ABCI InitChain] state and validators from `app_state`. Comes again after a crash before the first block, and gives
 * the same then. A bad genesis stops the process: there is no chain to run.
 */
export function initChain(ledger: Ledger, request: RequestInitChain): InitChainAnswer {
  const {chainId, initialHeight, time, consensusParams, validators: others} = request;
  const bytes = genesisBytes({
    chainId,
    time: secondsOf(time),
    validators: others.length,
    blockBytes: consensusParams?.block?.maxBytes,
    evidenceBytes: consensusParams?.evidence?.maxBytes,
    voteExtensionsFrom: consensusParams?.abci?.voteExtensionsEnableHeight,
    appState: jsonOf(request.appStateBytes),
  });
  const {appHash, validators} = ledger.initChain(bytes, {chainId, initialHeight, time: secondsOf(time)});
  return {
    appHash,
    validators: validators.map(({publicKey, power}) => ({pubKey: {sum: {case: 'ed25519', value: publicKey}}, power})),
  };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(bytes));
  } catch (cause) {
    throw new InvalidGenesisError('genesis refused: app_state is not JSON', {cause});
  }
}
