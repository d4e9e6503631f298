import {create} from '@bufbuild/protobuf';
import type {MessageInitShape} from '@bufbuild/protobuf';
import {encodeCanonical} from '@vitalvault/contracts';
import {ProofRequestSchema, ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {parseProofRequest, proveAnswer, stateKey} from '@vitalvault/proofs';
import type {ProvableLog} from '@vitalvault/proofs';
import type {MemoryState} from './memory-state.js';
import type {TestLedger} from './test-ledger.js';

/** What a ledger answers to the query "/proofs", with the limits that a validator has. @throws Error when it refuses */
export function answerProofs(
  {state, block}: Pick<TestLedger, 'state' | 'block'>,
  question: MessageInitShape<typeof ProofRequestSchema>,
): ProofResponse {
  const request = parseProofRequest(encodeCanonical(ProofRequestSchema, question));
  const parts =
    typeof request === 'string'
      ? undefined
      : proveAnswer(request, {
          value: (kind, id) => state.get(kind, id),
          path: (kind, id) => state.tree.prove(stateKey(kind, id)),
          log: (kind, patient) => provableLog(state, kind, patient),
        });
  if (parts === undefined)
    throw new Error(`the ledger refuses the question: ${typeof request === 'string' ? request : 'too many keys'}`);
  return create(ProofResponseSchema, {height: block.height, ...parts});
}

function provableLog(state: MemoryState, kind: number, patient: Uint8Array): ProvableLog | undefined {
  const tree = state.logTree(kind, patient);
  if (tree === undefined) return undefined;
  const leaf = (index: number): Uint8Array => state.leaves(kind, patient)[index] ?? new Uint8Array();
  return {tree, leaf, leafBytes: (index) => leaf(index).length};
}
