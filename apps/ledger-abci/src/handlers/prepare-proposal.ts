import type {PrepareProposalAnswer, RequestPrepareProposal} from '@vitalvault/abci';
import {CODE, LIMITS} from '@vitalvault/contracts';
import {accountOf, orderProposal, parametersOf} from '@vitalvault/ledger-state';
import type {Account, Candidate, CheckedTx} from '@vitalvault/ledger-state';
import {pendingOf, txName} from '../cache/checked-txs.js';
import type {Ledger} from '../ledger.js';

/**
 * [ABCI PrepareProposal] sees the whole pool: `orderProposal` by our own byte limit. Leaves out only what does not fit
 * and what every ProcessProposal would reject.
 * @throws on a chain whose blocks may be larger than an ABCI frame: one of them would stop every validator for good
 */
export function prepareProposal(ledger: Ledger, {txs, maxTxBytes}: RequestPrepareProposal): PrepareProposalAnswer {
  if (maxTxBytes > BigInt(LIMITS.cometBlockBytes))
    throw new Error(
      `CometBFT takes blocks of more than ${LIMITS.cometBlockBytes} bytes: this chain began with another block.max_bytes ` +
        'and has to be made anew',
    );
  const names = txs.map(txName);
  ledger.pending.proposed(names, (place) => {
    const bytes = txs[place] ?? new Uint8Array();
    const checked = ledger.txs.check(bytes, names[place]);
    return checked.ok ? pendingOf(checked, accountAs(ledger, checked), bytes.length) : undefined;
  });
  const candidates = txs.flatMap((bytes, i) => candidateOf(ledger, bytes, names[i]) ?? []);
  const maxBytes = Math.min(Number(maxTxBytes), parametersOf(ledger.state).maxBlockBytes);
  return {txs: orderProposal(candidates, maxBytes)};
}

function candidateOf(ledger: Ledger, bytes: Uint8Array, name = txName(bytes)): Candidate | undefined {
  const {code, rights, succession} = ledger.txs.verdict(bytes, name);
  if (code !== CODE.ok) return undefined;
  // Of more than the pool may hold the rest is nobody's.
  const {actor, organisation} = ledger.pending.get(name) ?? {actor: '', organisation: ''};
  return {bytes, rights, succession, actor, organisation};
}

function accountAs({state, ports}: Ledger, {signingKeys: [{publicKey}]}: CheckedTx): Account {
  return accountOf(state, publicKey, ports.sha256);
}
