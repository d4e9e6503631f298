import {LIMITS, NotCanonicalError, encodeCanonical} from '@vitalvault/contracts';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {decodeProofAnswer} from './decode-proof-answer.js';

describe('an answer of a node', () => {
  it.each([
    ['more bytes than a ledger gives', new Uint8Array(LIMITS.proofAnswerBytes + 1)],
    ['a crowd of empty logs', Buffer.from('1a00'.repeat(LIMITS.proofAnswerFields + 1), 'hex')],
    ['bytes that are no message', Uint8Array.of(0xff)],
  ])('is refused before it is decoded: %s', (_what, bytes) => {
    expect(() => decodeProofAnswer(bytes)).toThrow(NotCanonicalError);
  });

  it('is read', () => {
    const bytes = encodeCanonical(ProofResponseSchema, {height: 7n, states: [], logs: []});
    expect(decodeProofAnswer(bytes)).toMatchObject({height: 7n});
  });
});
