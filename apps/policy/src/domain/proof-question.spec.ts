import {describe, expect, it} from '@jest/globals';
import {LIMITS, STATE_KIND, encodeCanonical, fromHex} from '@vitalvault/contracts';
import {ProofRequestSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {proofQuestion} from './proof-question.js';

const patient = new Uint8Array(20).fill(9);
const log = {kind: STATE_KIND.accessLog, patient, limit: 1_000};
const asked = (logs: object[]) => proofQuestion(encodeCanonical(ProofRequestSchema, {logs}));

describe('a question for proofs', () => {
  it('is passed on within the limits of the ledger', () => {
    expect(asked([log, {...log, kind: STATE_KIND.recordLog}]).logs).toHaveLength(2);
  });

  // 464 bytes that named one log sixteen times made a validator answer with 211 MB.
  it('that names one log sixteen times is refused before a validator is asked', () => {
    expect(() => asked(Array.from({length: 16}, () => log))).toThrow(expect.objectContaining({code: 'invalid-field'}));
  });

  it.each([
    ['body-too-large', new Uint8Array(LIMITS.proofRequestBytes + 1)],
    ['malformed', fromHex('0a')],
    ['unknown-field', fromHex('1a00')],
    ['invalid-field', Uint8Array.from({length: 200}, (_none, i) => (i % 2 === 0 ? 0x0a : 0))],
  ])('is refused as %s', (code, bytes) => {
    expect(() => proofQuestion(bytes)).toThrow(expect.objectContaining({code}));
  });
});
