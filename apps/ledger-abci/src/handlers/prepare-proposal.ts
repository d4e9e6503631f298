import type {PrepareProposalAnswer, RequestPrepareProposal} from '@vitalvault/abci';
import {CODE} from '@vitalvault/contracts';
import {orderProposal, parametersOf} from '@vitalvault/ledger-state';
import type {Ledger} from '../ledger.js';

/**
 * [ABCI PrepareProposal] sees the whole pool: rights first, signers take turns, our own byte limit. Leaves out only
 * what does not fit and what every ProcessProposal would reject.
 */
export function prepareProposal(ledger: Ledger, {txs, maxTxBytes}: RequestPrepareProposal): PrepareProposalAnswer {
  const candidates = txs.map((bytes) => ({bytes, ...ledger.txs.verdict(bytes)})).filter(({code}) => code === CODE.ok);
  const maxBytes = Math.min(Number(maxTxBytes), parametersOf(ledger.state).maxBlockBytes);
  return {txs: orderProposal(candidates, maxBytes)};
}
