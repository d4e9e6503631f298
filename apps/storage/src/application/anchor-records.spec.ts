import {CODE} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {nothing} from '../../test/contracts/stores-fixture.js';
import {MemoryStores} from '../../test/support/memory-stores.js';
import {hexOf, sampleRecord} from '../../test/support/sample-records.js';
import {storeAll} from '../../test/support/store-all.js';
import {AnchorRecords} from './anchor-records.js';
import {EntryQueue} from './entry-queue.js';
import type {EntryContent} from '../domain/choose-entries.js';

// The hour of the sample records.
const BLOCK_TIME = 490_000n * 3_600n;

const queueOf = (stores: MemoryStores, now: () => number): EntryQueue =>
  new EntryQueue({now, parameters: stores.parameters, onLost: () => undefined}, stores);

async function world(records: number, options: {maxOpen?: number; highest?: bigint; nodes?: number} = {}) {
  let now = 10_000;
  let height = 5n;
  const stores = new MemoryStores(() => now);
  for (let sequence = 1; sequence <= records; sequence++) {
    const record = sampleRecord({sequence: BigInt(sequence)});
    await stores.take({records: [record]});
    await storeAll(stores);
  }
  const sent: Uint8Array[] = [];
  const answers: (DomainError | undefined)[] = [];
  const learned: bigint[] = [];
  const proofs = {since: [] as bigint[], away: false};
  const ledger = {
    broadcast: (tx: Uint8Array) => {
      sent.push(tx);
      const answer = answers.shift();
      return answer === undefined ? Promise.resolve() : Promise.reject(answer);
    },
    nodes: options.nodes ?? 1,
    highestNonce: (_keyId: string, atLeast: bigint) => {
      proofs.since.push(atLeast);
      if (proofs.away) return Promise.reject(new DomainError('ledger-unavailable'));
      learned.push(options.highest ?? 0n);
      return Promise.resolve(options.highest ?? 0n);
    },
  };
  // Signs what it is given; the bytes tell the nonce, the expiry and how many records.
  const signer = {
    keyId: hexOf(9),
    sign: (body: {nonce: bigint; entries: readonly EntryContent[]}) => ({
      txId: `tx${String(body.nonce)}`,
      txHash: 'h',
      tx: Uint8Array.of(Number(body.nonce), body.entries.length),
    }),
  };
  const build = (): AnchorRecords =>
    new AnchorRecords(
      {
        now: () => now,
        maxOpen: options.maxOpen ?? 3,
        head: () => ({height, blockTime: BLOCK_TIME}),
        trace: async (_records, run) => {
          await run('trace');
        },
        onSent: () => undefined,
        onRefused: () => undefined,
      },
      {anchors: stores, queue: queueOf(stores, () => now), ledger, signer},
    );
  return {
    stores,
    sent,
    answers,
    learned,
    proofs,
    build,
    anchor: build(),
    wait: (milliseconds: number) => (now += milliseconds),
    rise: (blocks: bigint) => (height += blocks),
  };
}

const refused = (code: number): DomainError => new DomainError('tx-refused', {meta: {code}});

describe('AnchorRecords', () => {
  it('sends one transaction with all that is stored', async () => {
    const {anchor, sent, stores} = await world(3);
    expect(await anchor.execute()).toBe(true);
    expect(sent).toEqual([Uint8Array.of(1, 3)]);
    expect(await anchor.execute()).toBe(false);
    expect(await stores.open()).toMatchObject([
      {txId: 'tx1', expiresAtHeight: 125n, expiresAtTime: BLOCK_TIME + 180n, traceparent: 'trace'},
    ]);
  });

  it('reads the bytes of its transactions only to send them again', async () => {
    const {anchor, stores, wait} = await world(1);
    let read = 0;
    const open = stores.open.bind(stores);
    stores.open = () => {
      read += 1;
      return open();
    };
    stores.openIds = async () => (await open()).map(({txId}) => txId);
    await anchor.execute();
    await anchor.execute();
    expect(read).toBe(0);
    wait(3_000);
    await anchor.execute();
    expect(read).toBe(1);
  });

  it('sends the same bytes again until there is an outcome, not more often than every three seconds', async () => {
    const {anchor, sent, wait} = await world(1);
    await anchor.execute();
    await anchor.execute();
    expect(sent).toHaveLength(1);
    wait(3_000);
    await anchor.execute();
    expect(sent).toEqual([Uint8Array.of(1, 1), Uint8Array.of(1, 1)]);
  });

  it('a process that was killed after signing sends those very bytes when it is back', async () => {
    const {anchor, answers, sent, build} = await world(1);
    answers.push(new DomainError('ledger-unavailable'));
    await expect(anchor.execute()).rejects.toMatchObject({code: 'ledger-unavailable'});
    await build().execute();
    expect(sent).toEqual([Uint8Array.of(1, 1), Uint8Array.of(1, 1)]);
  });

  it('has no more transactions under way than allowed', async () => {
    const {anchor, stores, sent} = await world(1, {maxOpen: 1});
    await anchor.execute();
    const record = sampleRecord({sequence: 2n});
    await stores.take({records: [record]});
    await storeAll(stores);
    expect(await anchor.execute()).toBe(false);
    expect(sent).toHaveLength(1);
  });

  it('begins above the nonces that the ledger knows', async () => {
    const {anchor, sent} = await world(1, {highest: 40n});
    await anchor.execute();
    expect(sent).toEqual([Uint8Array.of(41, 1)]);
  });

  it.each([
    ['nonceUsed', CODE.nonceUsed],
    ['expired', CODE.expired],
    ['quota', CODE.quota],
  ])('%s at CheckTx decides nothing: the follower tells', async (_name, code) => {
    const {anchor, answers, stores} = await world(1);
    answers.push(refused(code));
    await anchor.execute();
    expect(await stores.open()).toHaveLength(1);
  });

  it('asks for the nonces again after a used one', async () => {
    const {anchor, answers, learned} = await world(1);
    answers.push(refused(CODE.nonceUsed));
    await anchor.execute();
    await anchor.execute();
    expect(learned).toHaveLength(2);
  });

  it('gives up bytes that the ledger refuses for what they are; their records go into others', async () => {
    const {anchor, answers, stores, sent} = await world(1);
    answers.push(refused(CODE.unknownKey));
    await anchor.execute();
    expect(await stores.open()).toEqual([]);
    await anchor.execute();
    expect(sent).toEqual([Uint8Array.of(1, 1), Uint8Array.of(2, 1)]);
  });

  it('believes no single node that refuses what the ledger would take: each of them has to say it', async () => {
    const {anchor, answers, stores, sent, wait} = await world(1, {nodes: 3});
    for (let node = 1; node <= 3; node++) {
      expect(await stores.open()).toHaveLength(node === 1 ? 0 : 1);
      answers.push(refused(CODE.unknownKey));
      await anchor.execute();
      wait(3_000);
    }
    // Given up when the third has said it; the record goes into another one at once.
    expect(sent.map((tx) => tx[0])).toEqual([1, 1, 1, 2]);
    expect((await stores.open()).map(({txId}) => txId)).toEqual(['tx2']);
  });

  it('counts nonces anew when the ledger says that they are too far ahead', async () => {
    const {anchor, answers, learned, sent, wait} = await world(1);
    answers.push(refused(CODE.nonceTooFar));
    await anchor.execute();
    wait(10_000);
    await anchor.execute();
    expect(learned).toHaveLength(2);
    expect(sent).toEqual([Uint8Array.of(1, 1), Uint8Array.of(1, 1)]);
  });

  it('tells how long a transaction waits while no block takes any, also when it expires meanwhile', async () => {
    const {anchor, stores, wait} = await world(1);
    expect(anchor.waitingMs).toBe(0);
    await anchor.execute();
    wait(50_000);
    await anchor.execute();
    expect(anchor.waitingMs).toBe(50_000);
    await stores.apply({at: {height: 1n, blockTime: BLOCK_TIME + 181n}, facts: nothing});
    wait(50_000);
    await anchor.execute();
    expect(anchor.waitingMs).toBe(100_000);
    const [open] = await stores.open();
    const results = [{code: 0, index: 0n}];
    const anchors = [{txId: open?.txId ?? '', signerKeyId: hexOf(9), entryIds: [], code: 0, results}];
    await stores.apply({at: {height: 2n, blockTime: BLOCK_TIME + 182n}, facts: {...nothing, anchors}});
    await anchor.execute();
    expect(anchor.waitingMs).toBe(0);
  });

  it('asks with one transaction and growing pauses while the ledger has no room', async () => {
    const {anchor, stores, sent, wait} = await world(1);
    const effect = (anchored: number, noRoom: boolean) => [
      {
        txId: 'x',
        txHash: 'x',
        traceparent: undefined,
        anchored,
        later: 0,
        refused: 0,
        noRoom,
        acceptedAtMs: [],
        traces: [],
      },
    ];
    anchor.settled(effect(0, true));
    expect([await anchor.execute(), sent.length]).toEqual([false, 0]);
    wait(1_000);
    anchor.settled(effect(0, true));
    wait(1_999);
    expect([await anchor.execute(), sent.length]).toEqual([false, 0]);
    wait(1);
    expect([await anchor.execute(), sent.length]).toEqual([true, 1]);
    const more = sampleRecord({sequence: 2n});
    await stores.take({records: [more]});
    await storeAll(stores);
    expect([await anchor.execute(), sent.length]).toEqual([false, 1]);
    anchor.settled(effect(1, false));
    expect([await anchor.execute(), sent.length]).toEqual([true, 2]);
  });

  it('asks for its numbers in a state as new as what it has followed, and says how long it asks in vain', async () => {
    const {anchor, proofs, sent, wait} = await world(1);
    proofs.away = true;
    await expect(anchor.execute()).rejects.toMatchObject({code: 'ledger-unavailable'});
    wait(400_000);
    await expect(anchor.execute()).rejects.toMatchObject({code: 'ledger-unavailable'});
    expect([anchor.waitingMs, sent.length]).toEqual([400_000, 0]);
    proofs.away = false;
    await anchor.execute();
    expect(sent).toHaveLength(1);
    expect(proofs.since).toEqual([4n, 4n, 4n]);
    await anchor.execute();
    expect(anchor.waitingMs).toBe(0);
  });

  it('a process that cannot learn its numbers after a restart says since when its transactions wait', async () => {
    const {anchor, build, proofs, wait} = await world(1);
    await anchor.execute();
    wait(90_000);
    proofs.away = true;
    const restarted = build();
    await expect(restarted.execute()).rejects.toMatchObject({code: 'ledger-unavailable'});
    expect(restarted.waitingMs).toBe(90_000);
  });

  it('does nothing before the first block is known', async () => {
    const {stores} = await world(1);
    const early = new AnchorRecords(
      {
        now: () => 0,
        maxOpen: 1,
        head: () => undefined,
        trace: async (_records, run) => {
          await run(undefined);
        },
        onSent: () => undefined,
        onRefused: () => undefined,
      },
      {
        anchors: stores,
        queue: queueOf(stores, () => 0),
        ledger: {
          nodes: 1,
          broadcast: () => Promise.reject(new Error('no')),
          highestNonce: () => Promise.reject(new Error('no')),
        },
        signer: {keyId: '', sign: () => ({txId: '', txHash: '', tx: new Uint8Array()})},
      },
    );
    expect(await early.execute()).toBe(false);
  });
});
