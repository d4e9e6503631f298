import {CODE, decodeCanonical, encodeCanonical, sha256Of} from '@vitalvault/contracts';
import {BodySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {PEOPLE, sampleBody, SAMPLE_MESSAGES, signedBody, TEST_CHAIN} from '../testing/index.js';
import {checkStructure} from './check-structure.js';

const INPUTS = 100_000;
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 32));

/** mulberry32: whole numbers below `most`. */
function numbersFrom(start: number): (most: number) => number {
  let state = start >>> 0;
  return (most) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most;
  };
}

const seeds = Object.values(SAMPLE_MESSAGES).map((message) =>
  signedBody(encodeCanonical(BodySchema, sampleBody(message)), [PEOPLE.patient]),
);

/**
 * A real transaction, or its body in an envelope of its own, with one to three bytes changed, cut, doubled or put in.
 */
function mutated(below: (most: number) => number): Uint8Array {
  let bytes = seeds[below(seeds.length)] as Uint8Array;
  for (let changes = 1 + below(3); changes > 0; changes--) {
    const at = below(bytes.length);
    const parts = [bytes.subarray(0, at), bytes.subarray(at + below(2)), Uint8Array.of(below(256))] as const;
    const again = bytes.subarray(at, at + below(40));
    const [before, after, value] = parts;
    bytes =
      below(4) === 0 ? Uint8Array.of(...before, ...again, ...after) : Uint8Array.of(...before, ...value, ...after);
  }
  return bytes;
}

test(`${String(INPUTS)} mutated transactions: a code each, never an exception; what is taken is canonical`, () => {
  const below = numbersFrom(seed);
  const codes = new Map<number, number>();
  const ports = {verify: () => true, sha256: sha256Of};
  for (let i = 0; i < INPUTS; i++) {
    const bytes = mutated(below);
    const checked = checkStructure(bytes, TEST_CHAIN, ports);
    const code = checked.ok ? CODE.ok : checked.code;
    codes.set(code, (codes.get(code) ?? 0) + 1);
    if (!checked.ok) continue;
    const tx = decodeCanonical(TxSchema, bytes);
    if (!Buffer.from(encodeCanonical(TxSchema, tx)).equals(bytes))
      throw new Error(`input ${String(i)} of seed ${String(seed)}`);
  }
  const counted = [...codes].toSorted(([a], [b]) => a - b).map(([code, count]) => `${String(code)}: ${String(count)}`);
  process.stdout.write(
    `checkStructure: ${String(INPUTS)} inputs, seed ${String(seed)}, 0 exceptions (below ${(3 / INPUTS).toExponential(0)} of all with 95 %); ${counted.join(', ')}\n`,
  );
  expect(
    [...codes.keys()].every((code) => code === CODE.ok || (code >= CODE.undecodable && code <= CODE.badSignature)),
  ).toBe(true);
  // They reach deeper than the decoder.
  expect(codes.get(CODE.invalidField) ?? 0).toBeGreaterThan(100);
  expect(codes.get(CODE.ok) ?? 0).toBeGreaterThan(1_000);
}, 120_000);
