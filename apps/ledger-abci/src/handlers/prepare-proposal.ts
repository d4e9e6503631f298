import type {PrepareProposalAnswer, RequestPrepareProposal} from '@vitalvault/abci';
import {CODE, LIMITS} from '@vitalvault/contracts';
import {orderProposal, parametersOf} from '@vitalvault/ledger-state';
import type {Ledger} from '../ledger.js';

/**
 * [ABCI PrepareProposal] sees the whole pool: rights first, signers take turns, our own byte limit. Leaves out only
 * what does not fit and what every ProcessProposal would reject.
 * @throws on a chain whose blocks may be larger than an ABCI frame: one of them would stop every validator for good
 */
export function prepareProposal(ledger: Ledger, {txs, maxTxBytes}: RequestPrepareProposal): PrepareProposalAnswer {
  if (maxTxBytes > BigInt(LIMITS.cometBlockBytes))
    throw new Error(
      `CometBFT takes blocks of more than ${LIMITS.cometBlockBytes} bytes: this chain began with another block.max_bytes ` +
        'and has to be made anew',
    );
  const candidates = txs.map((bytes) => ({bytes, ...ledger.txs.verdict(bytes)})).filter(({code}) => code === CODE.ok);
  const maxBytes = Math.min(Number(maxTxBytes), parametersOf(ledger.state).maxBlockBytes);
  return {txs: orderProposal(candidates, maxBytes)};
}
