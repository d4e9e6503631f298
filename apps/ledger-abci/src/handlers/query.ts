import type {QueryAnswer, RequestQuery} from '@vitalvault/abci';
import {CODE, codespace, encodeCanonical} from '@vitalvault/contracts';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {parseProofRequest, proveAnswer} from '@vitalvault/proofs';
import type {ProofRequestFault, ProvableLog} from '@vitalvault/proofs';
import type {Ledger} from '../ledger.js';

const REFUSALS: Readonly<Record<ProofRequestFault, {code: number; log: string}>> = {
  'too-long': {code: CODE.tooLarge, log: 'the question is too long'},
  undecodable: {code: CODE.undecodable, log: 'not a canonical ProofRequest'},
  'over-a-limit': {code: CODE.invalidField, log: 'a limit is exceeded'},
};

/**
 * [ABCI Query] proofs for the last committed block; everything in one answer is of one height. docs/protocol.md §5.5
 */
export function query(ledger: Ledger, {path, data, height}: RequestQuery): QueryAnswer {
  if (path !== '/proofs') return refusal(CODE.invalidField, 'unknown path');
  const {tip} = ledger;
  if (tip === undefined) return refusal(CODE.invalidField, 'there is no block yet');
  if (height !== 0n && height !== tip.height)
    return refusal(CODE.invalidField, 'only the last committed height can be asked: height 0');
  const request = parseProofRequest(data);
  if (typeof request === 'string') return refusal(REFUSALS[request].code, REFUSALS[request].log);
  const parts = proveAnswer(request, {
    value: (kind, id) => ledger.state.get(kind, id),
    path: (kind, id) => ledger.state.prove(kind, id),
    log: (kind, patient) => provableLog(ledger, kind, patient),
  });
  if (parts === undefined) return refusal(CODE.tooLarge, 'these keys have no room in one answer');
  return {
    code: CODE.ok,
    value: encodeCanonical(ProofResponseSchema, {height: tip.height, ...parts}),
    height: tip.height,
  };
}

/** Says nothing of the question: the time for questions is used up. */
export const BUSY: QueryAnswer = refusal(CODE.quota, 'busy: ask another validator, or again in a second');

function provableLog(ledger: Ledger, kind: number, patient: Uint8Array): ProvableLog | undefined {
  const log = ledger.state.log(kind, patient);
  if (log === undefined) return undefined;
  return {
    tree: log.tree,
    leafBytes: (index) => log.places.at(index).length,
    leaf: (index) => ledger.readLeaf(kind, patient, index),
  };
}

function refusal(code: number, log: string): QueryAnswer {
  return {code, codespace: codespace(code), log};
}
