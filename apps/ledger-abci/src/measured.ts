import {CheckTxType} from '@vitalvault/abci';
import type {AbciApplication} from '@vitalvault/abci';
import {codeName, isCode} from '@vitalvault/contracts';
import type {CODE} from '@vitalvault/contracts';
import {parametersOf} from '@vitalvault/ledger-state';
import {counter, histogram, observe} from '@vitalvault/process';
import type {LabelsOf} from '@vitalvault/process';
import type {Ledger} from './ledger.js';
import {missingPower} from './missing-power.js';

const MILLISECONDS = 1_000;

type Method = LabelsOf<'vitalvault.ledger.call.duration'>['method'];

/**
 * The same application, with what it is asked and what it answers measured. Its handlers run to their end without
 * waiting, so a call lasts as long as its handler.
 */
export function measured(application: AbciApplication, ledger: Pick<Ledger, 'state' | 'pending'>): AbciApplication {
  const duration = histogram('vitalvault.ledger.call.duration');
  const transactions = counter('vitalvault.ledger.transactions');
  const inBlock = histogram('vitalvault.ledger.block.transactions');
  const fullness = histogram('vitalvault.ledger.block.fullness');
  observe('vitalvault.ledger.pool', () => ledger.pending.size);
  let missing: ReturnType<typeof missingPower> = [];
  observe('vitalvault.ledger.missing_power', () => missing);
  const timed = <M extends Method>(method: M): AbciApplication[M] => {
    const call = (request: never) => {
      const atMs = performance.now();
      const answer = application[method](request);
      duration((performance.now() - atMs) / MILLISECONDS, {method});
      return answer;
    };
    return call as AbciApplication[M];
  };
  const [checkTx, finalizeBlock] = [timed('checkTx'), timed('finalizeBlock')];
  return {
    ...application,
    info: timed('info'),
    initChain: timed('initChain'),
    query: timed('query'),
    checkTx: async (request) => {
      const answer = await checkTx(request);
      // What waits already is checked again after each block.
      if (request.type !== CheckTxType.RECHECK) transactions(1, {phase: 'checked', code: nameOf(answer.code)});
      return answer;
    },
    prepareProposal: timed('prepareProposal'),
    processProposal: timed('processProposal'),
    finalizeBlock: async (request) => {
      const answer = await finalizeBlock(request);
      for (const {code} of answer.txResults ?? []) transactions(1, {phase: 'executed', code: nameOf(code)});
      const bytes = request.txs.reduce((sum, {length}) => sum + length, 0);
      missing = missingPower(request.decidedLastCommit?.votes ?? [], ledger.state);
      inBlock(request.txs.length, {});
      fullness(bytes / parametersOf(ledger.state).maxBlockBytes, {});
      return answer;
    },
    commit: timed('commit'),
  };
}

const nameOf = (code = 0): keyof typeof CODE | 'other' =>
  isCode(code) ? (codeName(code) as keyof typeof CODE) : 'other';
