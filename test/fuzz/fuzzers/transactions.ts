import {CODE, codeName, decodeCanonical, encodeCanonical, equalBytes, sha256Of} from '@vitalvault/contracts';
import {BodySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {checkStructure} from '@vitalvault/ledger-state';
import {PEOPLE, sampleBody, SAMPLE_MESSAGES, signedBody, TEST_CHAIN} from '@vitalvault/ledger-state/testing';
import {pick} from '../fuzzer.js';
import type {Fuzzer, Next} from '../fuzzer.js';

const ports = {verify: () => true, sha256: sha256Of};

/** A real transaction with one to three bytes changed, cut, doubled or put in. */
function mutated(good: readonly Uint8Array[], next: Next): Uint8Array {
  let bytes = pick(next, good);
  for (let changes = 1 + next(3); changes > 0; changes--) {
    const at = next(bytes.length);
    const [before, after, value] = [bytes.subarray(0, at), bytes.subarray(at + next(2)), Uint8Array.of(next(256))];
    const again = bytes.subarray(at, at + next(40));
    bytes = next(4) === 0 ? Uint8Array.of(...before, ...again, ...after) : Uint8Array.of(...before, ...value, ...after);
  }
  return bytes;
}

export const transactions: Fuzzer = {
  name: 'checkStructure',
  never: 'an exception, or a code that is none of its own, or bytes taken that are not canonical',
  batch: 5_000,
  quick: 100_000,
  reaches: ['ok', 'invalidField', 'undecodable'],
  open: (next) => {
    const good = Object.values(SAMPLE_MESSAGES).map((message) =>
      signedBody(encodeCanonical(BodySchema, sampleBody(message)), [PEOPLE.patient]),
    );
    return {
      input: () => {
        const bytes = mutated(good, next);
        const checked = checkStructure(bytes, TEST_CHAIN, ports);
        if (checked.ok) {
          if (!equalBytes(encodeCanonical(TxSchema, decodeCanonical(TxSchema, bytes)), bytes))
            throw new Error('taken, and not canonical');
          return 'ok';
        }
        if (checked.code < CODE.undecodable || checked.code > CODE.badSignature)
          throw new Error(`code ${checked.code} is none of structure`);
        return codeName(checked.code);
      },
    };
  },
};
