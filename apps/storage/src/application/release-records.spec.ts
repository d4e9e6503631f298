import {LIMITS, decodeCanonical, toHex} from '@vitalvault/contracts';
import {ReleasePageSchema} from '@vitalvault/contracts/gen/storage/v1/storage';
import {DomainError} from '@vitalvault/errors';
import {Standstill, createLogger} from '@vitalvault/process';
import {nothing} from '../../test/contracts/stores-fixture.js';
import {dueEntries} from '../../test/support/due-entries.js';
import {MemoryStores} from '../../test/support/memory-stores.js';
import {hexOf, sampleRecord} from '../../test/support/sample-records.js';
import {storeAll} from '../../test/support/store-all.js';
import type {ReleasableRecord} from './ports.js';
import type {ReadCiphertext} from './read-ciphertext.js';
import {ReleaseRecords} from './release-records.js';

const TX = 'aa'.repeat(32);
const READER = hexOf(8);
const request = {
  txId: TX,
  signerKeyId: READER,
  patient: hexOf(1),
  typeTag: hexOf(3, 16),
  slotFrom: 490_000,
  slotTo: 490_000,
  permit: true,
  recordLogSize: 10_000n,
  releaseUntilHeight: 50n,
  releaseUntilTime: 5_000n,
};

async function world(
  change: {
    records?: number;
    ciphertextBytes?: number;
    request?: Partial<typeof request>;
    head?: {height: bigint; blockTime: bigint};
  } = {},
) {
  const stores = new MemoryStores(() => 0);
  const records = Array.from({length: change.records ?? 3}, (_, index) =>
    sampleRecord({sequence: BigInt(index + 1), ciphertextBytes: change.ciphertextBytes ?? 256}),
  );
  await stores.take({records});
  await storeAll(stores);
  await stores.sign('k', await dueEntries(stores, 10_000, 0), () => ({
    txId: 'anchor',
    txHash: '',
    tx: new Uint8Array(),
    expiresAtHeight: 100n,
    expiresAtTime: 100n,
    traceparent: undefined,
  }));
  const results = records.map((_, index) => ({code: 0, index: BigInt(index)}));
  await stores.apply({
    at: {height: 1n, blockTime: 1n},
    facts: {
      ...nothing,
      requests: [{...request, ...change.request}],
      readers: [{keyId: READER, publicKey: Uint8Array.of(1), identity: READER, kind: 'member'}],
      anchors: [{txId: 'anchor', signerKeyId: 'k', entryIds: [], code: 0, results}],
    },
  });
  const order: string[] = [];
  const told: AbortSignal[] = [];
  const during: {read?: () => void} = {};
  const failures: {keys?: Error; read?: Error} = {};
  const clock = {ms: 0};
  const waits = {pause: Promise.resolve()};
  const follower = new Standstill({part: 'ledger-follower', logger: createLogger({service: 'spec', level: 'fatal'})});
  const release = new ReleaseRecords(
    {
      head: () => change.head ?? {height: 2n, blockTime: 2n},
      seenHeight: () => 2n,
      pause: () => waits.pause,
      onRecords: () => undefined,
      now: () => clock.ms,
    },
    {
      releases: stores,
      keys: {
        release: ({records: asked, seenHeight, gone}) => {
          order.push(`keys ${String(asked.length)}`);
          told.push(gone);
          expect(seenHeight).toBe(2n);
          return failures.keys === undefined
            ? Promise.resolve({bundle: Uint8Array.of(7)})
            : Promise.reject(failures.keys);
        },
      },
      read: {
        execute: (record: ReleasableRecord) => {
          order.push('read');
          during.read?.();
          return failures.read === undefined
            ? Promise.resolve(stores.rows.get(record.recordId)?.record.ciphertext)
            : Promise.reject(failures.read);
        },
      } as unknown as ReadCiphertext,
      follower,
    },
  );
  type Asked = {page?: string; caller?: string; txId?: string; closed?: AbortSignal};
  const begin = (asked: Asked = {}) =>
    release.execute({
      txId: TX,
      page: undefined,
      caller: READER,
      signedRequest: Uint8Array.of(1),
      closed: new AbortController().signal,
      ...asked,
    });
  /** The answer has left by the time that it is looked at. */
  const ask = async (asked: Asked = {}) => {
    const closed = new AbortController();
    const page = await begin({closed: closed.signal, ...asked});
    closed.abort();
    return decodeCanonical(ReleasePageSchema, page);
  };
  return {ask, begin, order, failures, records, clock, follower, told, during, release, waits};
}

describe('ReleaseRecords', () => {
  it('has every ciphertext before it asks policy for keys, and answers by hour and index', async () => {
    const {ask, order, records} = await world();
    const page = await ask();
    expect(order).toEqual(['read', 'read', 'read', 'keys 3']);
    expect(page.records.map(({signature}) => toHex(signature))).toEqual(records.map(({signature}) => toHex(signature)));
    expect([toHex(page.txId), [...page.bundle], page.nextPage]).toEqual([TX, [7], '']);
  });

  it.each([
    ['another caller', {}, {caller: hexOf(9)}, 'not-yours'],
    ['a refusal', {request: {permit: false}}, {}, 'access-refused'],
    ['a permit that ended by height', {head: {height: 51n, blockTime: 2n}}, {}, 'permit-ended'],
    ['a permit that ended by time', {head: {height: 2n, blockTime: 5_001n}}, {}, 'permit-ended'],
    ['a request that no block has', {}, {txId: 'bb'.repeat(32)}, 'tx-not-found'],
  ])('gives nothing for %s and does not even ask for keys', async (_what, change, asked, code) => {
    const {ask, order} = await world(change);
    await expect(ask(asked)).rejects.toMatchObject({code});
    expect(order).toEqual([]);
  });

  it('gives nothing while the follower stands, says which and where, and goes on when it does', async () => {
    const {ask, order, follower} = await world();
    follower.stopped('310', new Error());
    await expect(ask()).rejects.toMatchObject({code: 'follower-stopped', detail: 'ledger-follower stands at 310.'});
    expect(order).toEqual([]);
    follower.goesOn();
    expect((await ask()).records).toHaveLength(3);
  });

  it.each(['policy-unavailable', 'notify-unavailable', 'release-mismatch'] as const)(
    '%s: nothing goes out',
    async (code) => {
      const {ask, order, failures} = await world();
      failures.keys = new DomainError(code);
      await expect(ask()).rejects.toMatchObject({code});
      expect(order.at(-1)).toBe('keys 3');
    },
  );

  it('a ciphertext that cannot be had uses no answer up: policy, which counts, is not even asked', async () => {
    const {ask, order, failures} = await world();
    failures.read = new DomainError('ipfs-unavailable');
    for (let i = 0; i <= LIMITS.releasesPerRecord; i++)
      await expect(ask()).rejects.toMatchObject({code: 'ipfs-unavailable'});
    expect(order).not.toContain('keys 3');
    delete failures.read;
    expect((await ask()).records).toHaveLength(3);
  });

  it.each(['permit-ended', 'release-limit'] as const)(
    'a permit that policy refused with %s reads nothing for a while; then it is asked again',
    async (code) => {
      const {ask, order, failures, clock} = await world();
      failures.keys = new DomainError(code);
      await expect(ask()).rejects.toMatchObject({code});
      const before = order.length;
      clock.ms = 9_999;
      await expect(ask({page: '490000.1'})).rejects.toMatchObject({code});
      expect(order).toHaveLength(before);
      clock.ms = 10_000;
      delete failures.keys;
      expect((await ask()).records).toHaveLength(3);
    },
  );

  it('pages by a thousand records, and the pages together are everything once', async () => {
    const {ask} = await world({records: 1_003});
    const first = await ask();
    expect([first.records.length, first.nextPage]).toEqual([1_000, '490000.1000']);
    const second = await ask({page: first.nextPage});
    expect([second.records.map(({logIndex}) => logIndex), second.nextPage]).toEqual([[1_000n, 1_001n, 1_002n], '']);
  });

  it('pages by bytes too', async () => {
    const {ask} = await world({records: 258, ciphertextBytes: 65_536});
    const {records, nextPage} = await ask();
    expect([records.length, nextPage]).toEqual([256, '490000.256']);
  });

  it('nothing within the decision is an empty last page without keys', async () => {
    const {ask, order} = await world({request: {slotFrom: 1, slotTo: 2}});
    expect(await ask()).toMatchObject({records: [], nextPage: ''});
    expect(order).toEqual([]);
  });

  it('is bounded: so many of a reader, each until its answer has left', async () => {
    const {ask, begin, order, release} = await world();
    const closed = Array.from({length: 2}, () => new AbortController());
    const of = (n: number) => ({closed: (closed[n] as AbortController).signal});
    for (let n = 0; n < 2; n += 1) await begin(of(n));
    const before = order.length;
    await expect(ask()).rejects.toMatchObject({code: 'busy', retryAfterSeconds: 2});
    expect(order).toHaveLength(before);
    closed[0]?.abort();
    await ask();
    // Whoever asks for what is another's has taken nothing.
    const others = Array.from({length: 16}, (_, n) => begin({caller: hexOf(20 + n)}));
    await expect(Promise.any(others)).rejects.toMatchObject({errors: others.map(() => ({code: 'not-yours'}))});
    expect(release.underWay).toBe(1);
  });

  it('whoever has gone is not read for, and policy is not asked; it hears when she goes meanwhile', async () => {
    const {begin, order, told, during, release} = await world();
    const closed = new AbortController();
    await begin({closed: closed.signal});
    expect(told[0]?.aborted).toBe(false);
    closed.abort();
    expect(told[0]?.aborted).toBe(true);
    const gone = new AbortController();
    during.read = () => gone.abort();
    const before = order.length;
    await expect(begin({closed: gone.signal})).rejects.toThrow();
    expect(order.slice(before).filter((step) => step.startsWith('keys'))).toEqual([]);
    const [steps, places] = [order.length, release.underWay];
    for (let n = 0; n < 16; n += 1) await expect(begin({closed: gone.signal})).rejects.toThrow();
    expect([order.length, release.underWay]).toEqual([steps, places]);
  });

  it('whoever waits for a block that may never come takes no place of those who have a permit', async () => {
    const {ask, begin, release, waits} = await world();
    const none = 'bb'.repeat(32);
    const block = Promise.withResolvers<undefined>();
    waits.pause = block.promise as unknown as Promise<void>;
    const waiting = Array.from({length: 64}, (_, n) => begin({txId: none, caller: hexOf(20 + (n >> 1))}));
    const ended = Promise.allSettled(waiting);
    // Two of one, sixty-four of all.
    await expect(begin({txId: none, caller: hexOf(20)})).rejects.toMatchObject({code: 'busy', retryAfterSeconds: 2});
    await expect(begin({txId: none})).rejects.toMatchObject({code: 'busy'});
    expect(release.underWay).toBe(0);
    expect((await ask()).records).toHaveLength(3);
    block.resolve(undefined);
    expect(new Set((await ended).map((one) => (one as {reason?: {code: string}}).reason?.code))).toEqual(
      new Set(['tx-not-found']),
    );
    await expect(begin({txId: none})).rejects.toMatchObject({code: 'tx-not-found'});
  });
});
