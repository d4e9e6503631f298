import type {AbciApplication} from '@vitalvault/abci';
import {txName} from './cache/checked-txs.js';
import {checkTx} from './handlers/check-tx.js';
import {commit} from './handlers/commit.js';
import {filterPeer, PEER_FILTER} from './handlers/filter-peer.js';
import {finalizeBlock} from './handlers/finalize-block.js';
import {info} from './handlers/info.js';
import {initChain} from './handlers/init-chain.js';
import {prepareProposal} from './handlers/prepare-proposal.js';
import {processProposal} from './handlers/process-proposal.js';
import {BUSY, query} from './handlers/query.js';
import {traceQuery} from './handlers/trace-query.js';
import type {Committed, Ledger} from './ledger.js';
import type {LedgerSpans, TracedTx} from './ledger-spans.js';
import {QueryShare} from './query-share.js';

/**
 * The ABCI methods over one ledger. @param onCommitted is told of every durable block; must not throw
 * @param nowMs of a clock that only rises, by which questions get their share
 */
export function createApplication(
  ledger: Ledger,
  spans: LedgerSpans,
  onCommitted: (committed: Committed) => void = () => undefined,
  nowMs = (): number => performance.now(),
): AbciApplication {
  const share = new QueryShare(nowMs);
  return {
    info: () => info(ledger),
    query: (request) => {
      if (request.path === '/trace') return traceQuery(spans, request);
      if (request.path.startsWith(PEER_FILTER)) return filterPeer(ledger, request);
      return share.run(() => query(ledger, request)) ?? BUSY;
    },
    checkTx: (request) => {
      const startMs = Date.now();
      const name = txName(request.tx);
      const answer = checkTx(ledger, request, name);
      spans.checked({name, code: answer.code ?? 0}, startMs);
      return answer;
    },
    initChain: (request) => initChain(ledger, request),
    prepareProposal: (request) => prepareProposal(ledger, request),
    processProposal: (request) => processProposal(ledger, request),
    finalizeBlock: (request) => {
      const startMs = Date.now();
      const answer = finalizeBlock(ledger, request);
      spans.finalized({height: request.height, txs: traced(ledger.executedNames, answer.txResults ?? [])}, startMs);
      return answer;
    },
    commit: () => commit(ledger, onCommitted),
  };
}

function traced(names: readonly string[], results: readonly {code?: number}[]): TracedTx[] {
  return names.map((name, i) => ({name, code: results[i]?.code ?? 0}));
}
