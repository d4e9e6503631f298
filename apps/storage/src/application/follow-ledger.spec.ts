import {encodeCanonical, keyId, toHex, transactionId} from '@vitalvault/contracts';
import {BodySchema, DecisionSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {DomainError} from '@vitalvault/errors';
import {PEOPLE, registerDevice, requestAccess, sampleBody, signedBody} from '@vitalvault/ledger-state/testing';
import {nothing} from '../../test/contracts/stores-fixture.js';
import {MemoryStores} from '../../test/support/memory-stores.js';
import {FollowLedger} from './follow-ledger.js';
import type {Block} from './follow-ledger.js';
import type {TakenBlock} from './ports.js';

const {patient, device, clinician} = PEOPLE;
const body = encodeCanonical(BodySchema, sampleBody(requestAccess(patient.id)));
const asked = {tx: signedBody(body, [clinician]), id: toHex(transactionId(body, [clinician.key]))};
const registered = signedBody(encodeCanonical(BodySchema, sampleBody(registerDevice(patient, device))), [patient]);
const decision = encodeCanonical(DecisionSchema, {
  permit: true,
  index: 0n,
  recordLogSize: 3n,
  grantVersion: 1,
  releaseUntilHeight: 9n,
  releaseUntilTime: 9n,
});
const none = new Uint8Array();

const block = (height: bigint, more: Partial<Block> = {}): Block => ({
  height,
  timeSeconds: height * 10n,
  txs: [],
  results: [],
  ...more,
});

/** Over stores that note what they are given; `head` is read when the effect is told. */
function harness() {
  const stores = new MemoryStores(() => 1_000);
  const steps: string[] = [];
  const applied: TakenBlock['facts'][] = [];
  const apply = stores.apply.bind(stores);
  stores.apply = async (...blocks) => {
    applied.push(...blocks.map(({facts}) => facts));
    const effect = await apply(...blocks);
    const heights = blocks.map(({at}) => String(at.height)).join(' ');
    steps.push(`applied ${heights}, head ${String(follow.head?.height)}`);
    return effect;
  };
  const follow: FollowLedger = new FollowLedger({
    ownKey: '',
    ledger: stores,
    onEffect: async ({height, blockTime}, {expired}) => {
      await Promise.resolve();
      steps.push(
        `told ${String(height)} at ${String(blockTime)}: ${String(expired)}, head ${String(follow.head?.height)}`,
      );
    },
  });
  return {stores, follow, steps, applied};
}

describe('FollowLedger', () => {
  it('begins with the first block of a chain of which it has none, and has no head', async () => {
    const {follow} = harness();
    expect([(await follow.begin()).height, follow.head]).toEqual([0n, undefined]);
  });

  it('goes on after the newest block that is stored, which is its head at once', async () => {
    const {stores, follow} = harness();
    await stores.apply({at: {height: 1n, blockTime: 10n}, facts: nothing});
    const newest = {height: 1n, blockTime: 10n};
    expect([await follow.begin(), follow.head]).toEqual([newest, newest]);
  });

  it('is at a block only when its effect is stored, and tells of it then', async () => {
    const {follow, steps} = harness();
    await follow.execute(block(1n));
    await follow.execute(block(2n));
    expect(steps).toEqual([
      'applied 1, head undefined',
      'told 1 at 10: 0, head 1',
      'applied 2, head 1',
      'told 2 at 20: 0, head 2',
    ]);
  });

  it('takes several at once, with the hash of the newest, and tells of them once', async () => {
    const {follow, steps, stores} = harness();
    const hash = Uint8Array.of(3);
    await follow.execute(
      block(1n, {txs: [registered], results: [{code: 0, data: none}]}),
      block(2n),
      block(3n, {hash}),
    );
    expect(steps).toEqual(['applied 1 2 3, head undefined', 'told 3 at 30: 0, head 3']);
    expect([await stores.cursor(), follow.seenHeight]).toEqual([{height: 3n, blockTime: 30n, hash}, 2n]);
  });

  it('has seen the header of the state before its newest block, and after it when that block has transactions', async () => {
    const {follow, stores} = harness();
    expect([(await follow.begin()).height, follow.seenHeight]).toEqual([0n, 0n]);
    await follow.execute(block(1n, {txs: [registered], results: [{code: 0, data: none}]}));
    expect(follow.seenHeight).toBe(1n);
    await follow.execute(block(2n));
    expect(follow.seenHeight).toBe(1n);
    await follow.execute(block(3n));
    expect(follow.seenHeight).toBe(2n);
    const again = new FollowLedger({ownKey: '', ledger: stores, onEffect: () => Promise.resolve()});
    await again.begin();
    expect(again.seenHeight).toBe(2n);
  });

  it('of a database that came back older goes on from what is stored, and knows still what it has seen', async () => {
    const {follow, stores} = harness();
    for (const height of [1n, 2n, 3n]) await follow.execute(block(height));
    stores.cursor = () => Promise.resolve({height: 1n, blockTime: 10n});
    expect([(await follow.begin()).height, follow.head?.height, follow.seenHeight]).toEqual([1n, 1n, 2n]);
    stores.cursor = () => Promise.resolve({height: 0n, blockTime: 0n});
    expect([(await follow.begin()).height, follow.head, follow.seenHeight]).toEqual([0n, undefined, 2n]);
  });

  it('takes decisions and device keys of a block with its results', async () => {
    const {follow, applied} = harness();
    const results = [
      {code: 0, data: decision},
      {code: 0, data: none},
    ];
    await follow.execute(block(1n, {txs: [asked.tx, registered], results}));
    expect(applied).toMatchObject([
      {
        requests: [{txId: asked.id, patient: toHex(patient.id), permit: true, recordLogSize: 3n}],
        devices: [{device: toHex(keyId(device.key)), publicKey: device.key.publicKey}],
        anchors: [],
        readers: [],
      },
    ]);
  });

  it('stays where it is when the database is away, and tells nothing', async () => {
    const {follow, stores, steps} = harness();
    await follow.execute(block(1n));
    steps.length = 0;
    stores.apply = () => Promise.reject(new DomainError('database-unavailable'));
    await expect(follow.execute(block(2n))).rejects.toMatchObject({code: 'database-unavailable'});
    expect([follow.head?.height, steps]).toEqual([1n, []]);
  });

  // A node that gives such a block lies or is broken: what it says must not be passed over.
  it('stands still at a result that it cannot read, with nothing stored', async () => {
    const {follow, applied} = harness();
    const bad = block(1n, {txs: [asked.tx], results: [{code: 0, data: Uint8Array.of(0xff)}]});
    await expect(follow.execute(bad)).rejects.toMatchObject({name: 'NotCanonicalError'});
    expect([follow.head, applied]).toEqual([undefined, []]);
  });

  it('fails when the effect could not be told: the block comes again, and is stored once', async () => {
    const stores = new MemoryStores(() => 1_000);
    let away = true;
    const follow = new FollowLedger({
      ownKey: '',
      ledger: stores,
      onEffect: () => (away ? Promise.reject(new Error('away')) : Promise.resolve()),
    });
    await expect(follow.execute(block(1n))).rejects.toThrow('away');
    away = false;
    await follow.execute(block(1n));
    expect([follow.head?.height, (await stores.cursor()).height]).toEqual([1n, 1n]);
  });
});
