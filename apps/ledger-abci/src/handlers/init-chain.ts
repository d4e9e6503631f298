import type {InitChainAnswer, RequestInitChain} from '@vitalvault/abci';
import {LIMITS} from '@vitalvault/contracts';
import {InvalidGenesisError} from '@vitalvault/ledger-state';
import type {Ledger} from '../ledger.js';
import {secondsOf} from './block-time.js';

/**
 * [ABCI InitChain] state and validators from `app_state`. Comes again after a crash before the first block, and gives
 * the same then. A bad genesis stops the process: there is no chain to run.
 */
export function initChain(ledger: Ledger, request: RequestInitChain): InitChainAnswer {
  const {chainId, initialHeight, time, consensusParams, validators: others} = request;
  // docs/protocol.md §5.4: the set comes from app_state alone, so that there is one place to verify it from.
  if (others.length > 0)
    throw new InvalidGenesisError('genesis refused: its validators belong into app_state, not beside it');
  const maxBytes = consensusParams?.block?.maxBytes;
  if (maxBytes !== BigInt(LIMITS.cometBlockBytes))
    throw new InvalidGenesisError(
      `genesis refused: consensus_params.block.max_bytes is ${maxBytes ?? 'missing'} and must be ${LIMITS.cometBlockBytes}`,
    );
  const {appHash, validators} = ledger.initChain(appStateOf(request.appStateBytes), {
    chainId,
    initialHeight,
    time: secondsOf(time),
  });
  return {
    appHash,
    validators: validators.map(({publicKey, power}) => ({pubKey: {sum: {case: 'ed25519', value: publicKey}}, power})),
  };
}

/** `app_state` is a JSON string: base64 of the canonical message. */
function appStateOf(json: Uint8Array): Uint8Array {
  let text: unknown;
  try {
    text = JSON.parse(Buffer.from(json).toString('utf8'));
  } catch (cause) {
    throw new InvalidGenesisError('genesis refused: app_state is not JSON', {cause});
  }
  if (typeof text !== 'string') throw new InvalidGenesisError('genesis refused: app_state is not a JSON string');
  const bytes = Buffer.from(text, 'base64');
  // Buffer.from passes over what is no base64; a genesis is refused for it.
  if (bytes.toString('base64') !== text) throw new InvalidGenesisError('genesis refused: app_state is not base64');
  return new Uint8Array(bytes);
}
