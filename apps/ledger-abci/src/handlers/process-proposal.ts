import {ProposalStatus} from '@vitalvault/abci';
import type {ProcessProposalAnswer, RequestProcessProposal} from '@vitalvault/abci';
import {fitsInBlock, parametersOf} from '@vitalvault/ledger-state';
import type {Ledger} from '../ledger.js';

/**
 * [ABCI ProcessProposal] rejects what no honest proposer sends: a transaction that is not well-formed or not signed, or
 * a block above our limit. Nothing here looks at quotas, nonces or rights (D-11), so all honest validators answer
 * alike.
 */
export function processProposal(ledger: Ledger, {txs}: RequestProcessProposal): ProcessProposalAnswer {
  const good = fitsInBlock(txs, parametersOf(ledger.state).maxBlockBytes) && txs.every((tx) => ledger.txs.check(tx).ok);
  return {status: good ? ProposalStatus.ACCEPT : ProposalStatus.REJECT};
}
