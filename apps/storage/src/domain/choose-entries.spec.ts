import {LIMITS} from '@vitalvault/contracts';
import {generateSigningKey, signTx} from '@vitalvault/envelope';
import {seededRandom} from '@vitalvault/testkit';
import fc from 'fast-check';
import {CHAIN_ID} from '../../test/support/sample-records.js';
import {chooseEntries, recordEntry} from './choose-entries.js';

const pair = generateSigningKey(seededRandom('x'));
const parts = (headerBytes: number) => ({
  content: recordEntry({
    header: new Uint8Array(headerBytes).fill(1),
    ciphertextHash: new Uint8Array(32).fill(1),
    innerKeyHash: new Uint8Array(32).fill(1),
    sealedKeyHash: new Uint8Array(32).fill(1),
    signature: new Uint8Array(64).fill(1),
  }),
});

describe('chooseEntries', () => {
  it('takes the first two hundred', () => {
    const candidates = Array.from({length: 250}, () => parts(60));
    expect(chooseEntries(candidates)).toEqual(candidates.slice(0, 200));
  });

  it('what it takes always fits into a transaction, and one more would not or is above the count', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({min: 1, max: 512}), {maxLength: 260}), (headers) => {
        const candidates = headers.map(parts);
        const chosen = chooseEntries(candidates);
        const sizeOf = (entries: readonly ReturnType<typeof parts>[]): number =>
          signTx(
            {
              version: 1,
              chainId: CHAIN_ID.padEnd(50, 'x'),
              expiresAtHeight: 2n ** 63n,
              expiresAtTime: 2n ** 63n,
              nonce: 2n ** 63n,
              message: {case: 'anchorRecords', value: {entries: entries.map(({content}) => content)}},
            },
            [pair.privateKey],
          ).length;
        expect(sizeOf(chosen)).toBeLessThanOrEqual(LIMITS.txBytes);
        const more = candidates.slice(0, chosen.length + 1);
        if (more.length > chosen.length && chosen.length < LIMITS.anchorEntries)
          expect(sizeOf(more)).toBeGreaterThan(LIMITS.txBytes - 1_100);
      }),
      {numRuns: 40},
    );
  });
});
