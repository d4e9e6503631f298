import {decodeCanonical} from '@vitalvault/contracts';
import {ReleasePageSchema} from '@vitalvault/contracts/gen/storage/v1/storage';
import {Standstill, createLogger} from '@vitalvault/process';
import fc from 'fast-check';
import {nothing} from '../../test/contracts/stores-fixture.js';
import {MemoryStores} from '../../test/support/memory-stores.js';
import {hexOf, sampleRecord} from '../../test/support/sample-records.js';
import type {ReleaseStore} from './ports.js';
import type {ReadCiphertext} from './read-ciphertext.js';
import {ReleaseRecords} from './release-records.js';

const READER = hexOf(8);
const [FROM, TO] = [490_001, 490_003];
const TYPES = [new Uint8Array(16).fill(3), new Uint8Array(16).fill(4)] as const;
/** Three of these and one is too much for a page. */
const CIPHERTEXT_BYTES = 5 * 1_048_576;

/** A place in her log is where a record stands in the list. */
interface Anchored {
  readonly slot: number;
  readonly type: 0 | 1;
}

interface Permit {
  readonly recordLogSize: bigint;
  readonly typeTag: string;
}

async function world(permit: Permit) {
  const stores = new MemoryStores(() => 0);
  const log: Anchored[] = [];
  const anchor = async (records: readonly Anchored[]): Promise<void> => {
    for (const {slot, type} of records) {
      const record = sampleRecord({slot, typeTag: TYPES[type], sequence: BigInt(log.length + 1)});
      await stores.take({records: [record]});
      Object.assign(stores.rows.get(record.recordId) ?? {}, {state: 'anchored', logIndex: BigInt(log.length)});
      log.push({slot, type});
    }
  };
  await stores.apply({
    at: {height: 1n, blockTime: 1n},
    facts: {
      ...nothing,
      requests: [
        {
          ...{txId: 'aa', signerKeyId: READER, patient: hexOf(1), slotFrom: FROM, slotTo: TO, permit: true},
          ...{releaseUntilHeight: 50n, releaseUntilTime: 50n, ...permit},
        },
      ],
      readers: [{keyId: READER, publicKey: Uint8Array.of(1), identity: READER, kind: 'member'}],
    },
  });
  const releases: ReleaseStore = {
    request: (txId) => stores.request(txId),
    releasable: async (request, from, limit) =>
      (await stores.releasable(request, from, limit)).map((one) => ({...one, ciphertextBytes: CIPHERTEXT_BYTES})),
  };
  const release = new ReleaseRecords(
    {
      head: () => ({height: 2n, blockTime: 2n}),
      seenHeight: () => 2n,
      pause: () => Promise.resolve(),
      onRecords: () => undefined,
      now: () => 0,
    },
    {
      releases,
      keys: {release: () => Promise.resolve({bundle: Uint8Array.of(7)})},
      read: {execute: () => Promise.resolve(new Uint8Array())} as unknown as ReadCiphertext,
      follower: new Standstill({part: 'ledger-follower', logger: createLogger({service: 'spec', level: 'fatal'})}),
    },
  );
  const page = async (name: string | undefined) => {
    const closed = new AbortController();
    const signedRequest = Uint8Array.of(1);
    const bytes = await release.execute({txId: 'aa', page: name, caller: READER, signedRequest, closed: closed.signal});
    closed.abort();
    return decodeCanonical(ReleasePageSchema, bytes);
  };
  return {anchor, page, log};
}

const anchored = fc.record({slot: fc.integer({min: FROM - 1, max: TO + 1}), type: fc.constantFrom(0, 1)});
const covers = (typeTag: string, {slot, type}: Anchored): boolean =>
  slot >= FROM && slot <= TO && [hexOf(type + 3, 16), '0'.repeat(32)].includes(typeTag);
const typeTags = fc.constantFrom('0'.repeat(32), hexOf(3, 16));

describe('the pages of a release', () => {
  it('are together what the permit covers, each record once, whatever is anchored between them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anchored, {maxLength: 25}),
        fc.infiniteStream(fc.array(anchored, {maxLength: 3})),
        typeTags,
        async (before, meanwhile, typeTag) => {
          const {anchor, page, log} = await world({recordLogSize: BigInt(before.length), typeTag});
          await anchor(before);
          const given: number[] = [];
          for (let name: string | undefined; name !== '';) {
            const {records, nextPage} = await page(name);
            given.push(...records.map(({logIndex}) => Number(logIndex)));
            name = nextPage;
            await anchor(meanwhile.next().value as Anchored[]);
          }
          const expected = before.flatMap((one, index) => (covers(typeTag, one) ? [index] : []));
          const slotOf = (index: number): number => log[index]?.slot ?? 0;
          expect(given).toEqual(expected.sort((a, b) => slotOf(a) - slotOf(b) || a - b));
        },
      ),
      {numRuns: 100},
    );
  });

  it('have nothing else, whatever the caller calls them', async () => {
    const name = fc
      .tuple(
        fc.oneof(fc.integer({min: FROM - 2, max: TO + 2}), fc.maxSafeNat()),
        fc.bigInt({min: 0n, max: 10n ** 20n - 1n}),
      )
      .map(([slot, index]) => `${slot % 10 ** 10}.${index}`);
    await fc.assert(
      fc.asyncProperty(fc.array(anchored, {maxLength: 10}), name, typeTags, async (before, called, typeTag) => {
        const {anchor, page} = await world({recordLogSize: BigInt(Math.ceil(before.length / 2)), typeTag});
        await anchor(before);
        const {records} = await page(called);
        for (const {logIndex} of records) {
          expect(logIndex).toBeLessThan(Math.ceil(before.length / 2));
          expect(covers(typeTag, before[Number(logIndex)] as Anchored)).toBe(true);
        }
      }),
      {numRuns: 100},
    );
  });
});
