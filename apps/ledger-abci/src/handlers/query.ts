import type {QueryAnswer, RequestQuery} from '@vitalvault/abci';
import {CODE, codespace, decodeCanonical, encodeCanonical, NotCanonicalError, STATE_KIND} from '@vitalvault/contracts';
import {ProofRequestSchema, ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {LogRequest, ProofRequest, StateKey} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {MessageInitShape} from '@bufbuild/protobuf';
import type {LogProofSchema, StateProofSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {Ledger} from '../ledger.js';

const MOST_KEYS = 64;
const MOST_LOGS = 16;
const MOST_LEAVES = 1_000;
const MOST_PARTS = 4;
const MOST_PART_BYTES = 64;

/**
 * [ABCI Query] proofs for the last committed block; everything in one answer is of one height. docs/protocol.md §5.5
 */
export function query(ledger: Ledger, {path, data, height}: RequestQuery): QueryAnswer {
  if (path !== '/proofs') return refusal(CODE.invalidField, 'unknown path');
  const {tip} = ledger;
  if (tip === undefined) return refusal(CODE.invalidField, 'there is no block yet');
  if (height !== 0n && height !== tip.height)
    return refusal(CODE.invalidField, 'only the last committed height can be asked: height 0');
  const request = decode(data);
  if (request === undefined) return refusal(CODE.undecodable, 'not a canonical ProofRequest');
  if (!isWithinLimits(request)) return refusal(CODE.invalidField, 'a limit is exceeded');
  const logs = request.logs.map((log) => logProof(ledger, log));
  if (logs.includes(undefined)) return refusal(CODE.invalidField, 'a log is not so long');
  const states = request.keys.map((key) => stateProof(ledger, key));
  const value = encodeCanonical(ProofResponseSchema, {
    height: tip.height,
    states,
    logs: logs.filter((log) => log !== undefined),
  });
  return {code: CODE.ok, value, height: tip.height};
}

function isWithinLimits({keys, logs}: ProofRequest): boolean {
  return (
    keys.length <= MOST_KEYS &&
    logs.length <= MOST_LOGS &&
    keys.every(
      ({kind, parts}) =>
        kind >= 1 && kind <= 255 && parts.length <= MOST_PARTS && parts.every((part) => part.length <= MOST_PART_BYTES),
    ) &&
    logs.every(
      ({kind, limit, inclusion}) =>
        (kind === STATE_KIND.recordLog || kind === STATE_KIND.accessLog) &&
        limit <= MOST_LEAVES &&
        (!inclusion || limit === 1),
    )
  );
}

function stateProof({state}: Ledger, key: StateKey): MessageInitShape<typeof StateProofSchema> {
  const value = state.get(key.kind, key.parts);
  const {siblings, otherKey, otherValueHash} = state.prove(key.kind, key.parts);
  return {
    key,
    siblings: [...siblings],
    ...(value && {present: true, value}),
    ...(otherKey && {otherKey}),
    ...(otherValueHash && {otherValueHash}),
  };
}

function logProof(
  ledger: Ledger,
  {kind, patient, from, limit, inclusion, size: asked}: LogRequest,
): MessageInitShape<typeof LogProofSchema> | undefined {
  const tree = ledger.state.log(kind, patient)?.tree;
  const newest = BigInt(tree?.size ?? 0);
  const size = asked === 0n ? newest : asked;
  if (size > newest || (inclusion && from >= size)) return undefined;
  const leaves: Uint8Array[] = [];
  for (let index = Number(from); index < Number(size) && leaves.length < limit; index++)
    leaves.push(ledger.readLeaf(kind, patient, index));
  return {
    kind,
    patient,
    size,
    from,
    leaves,
    inclusion: inclusion && tree !== undefined ? tree.inclusion(Number(from), Number(size)) : [],
  };
}

function decode(data: Uint8Array): ProofRequest | undefined {
  try {
    return decodeCanonical(ProofRequestSchema, data);
  } catch (error) {
    if (error instanceof NotCanonicalError) return undefined;
    throw error;
  }
}

function refusal(code: number, log: string): QueryAnswer {
  return {code, codespace: codespace(code), log};
}
