import {CODE} from '@vitalvault/contracts';
import type {ReleasableRecord} from '../../src/application/ports.js';
import type {DecidedRequest, ReaderKey} from '../../src/domain/block-facts.js';
import type {PlaceInRelease} from '../../src/domain/place-in-release.js';
import {hexOf, sampleRecord, sampleSkip} from '../support/sample-records.js';
import {storeAll} from '../support/store-all.js';
import {KEY, LATER, nothing} from './stores-fixture.js';
import type {StoresFixture} from './stores-fixture.js';

/** What blocks make of records, devices, requests and skips. */
export function ledgerStoresContract(fixture: StoresFixture): void {
  it('takes a block once, and none out of turn', async () => {
    const record = sampleRecord();
    await fixture.stored(record);
    const {txId} = await fixture.sign();
    const included = {
      ...nothing,
      anchors: [{txId, signerKeyId: KEY, entryIds: [], code: 0, results: [{code: 0, index: 0n}]}],
    };
    // A database that came back from a copy: nothing of the block is taken, and the follower begins where it stands.
    await expect(fixture.stores.ledger.apply({at: {height: 2n, blockTime: 5n}, facts: included})).rejects.toMatchObject(
      {code: 'behind'},
    );
    expect(await fixture.stores.ledger.cursor()).toEqual({height: 0n, blockTime: 0n});
    expect(
      (await fixture.stores.ledger.apply({at: {height: 1n, blockTime: 5n}, facts: included})).anchors,
    ).toHaveLength(1);
    expect((await fixture.stores.ledger.apply({at: {height: 1n, blockTime: 5n}, facts: included})).anchors).toEqual([]);
    expect(await fixture.stores.ledger.cursor()).toEqual({height: 1n, blockTime: 5n});
  });

  it('takes several blocks at once as one after the other, and none of them when some are stored', async () => {
    const records = [sampleRecord(), sampleRecord({sequence: 2n})];
    for (const record of records) await fixture.stored(record);
    const {txId} = await fixture.sign();
    const hash = Uint8Array.of(7);
    const at = (height: bigint) => ({height, blockTime: height * 1_000n, hash});
    const [first, second] = [
      {code: 0, index: 4n},
      {code: 0, index: 5n},
    ];
    const anchored = {signerKeyId: KEY, entryIds: [], results: [first, second]};
    const {ledger} = fixture.stores;
    const effect = await ledger.apply(
      {at: at(1n), facts: nothing},
      {at: at(2n), facts: {...nothing, anchors: [{txId, code: 0, ...anchored}]}},
      {at: at(3n), facts: {...nothing, anchors: [{txId, code: CODE.nonceUsed, ...anchored, results: []}]}},
    );
    expect([effect.anchors.map((one) => one.anchored), await ledger.cursor()]).toEqual([[2], at(3n)]);
    for (const [place, {recordId}] of records.entries())
      expect(await fixture.stores.records.byId(recordId)).toMatchObject({height: 2n, logIndex: BigInt(4 + place)});
    const some = [at(3n), at(4n)].map((one) => ({at: one, facts: nothing}));
    await expect(ledger.apply(...some)).rejects.toMatchObject({code: 'behind'});
    expect(await ledger.apply(...some.slice(0, 1))).toMatchObject({anchors: []});
    expect(await ledger.cursor()).toEqual(at(3n));
  });

  it('the same transaction in a second block changes nothing', async () => {
    const record = sampleRecord();
    await fixture.stored(record);
    const {txId} = await fixture.sign();
    await fixture.block([{txId, code: 0, results: [{code: 0, index: 3n}]}]);
    await fixture.block([{txId, code: CODE.nonceUsed, results: []}]);
    expect(await fixture.stores.records.byId(record.recordId)).toMatchObject({
      state: 'anchored',
      logIndex: 3n,
      height: 1n,
    });
  });

  it.each([
    ['by height', 2n, 10n],
    ['by time', 100n, 1_001n],
  ])(
    'an expired transaction (%s) frees its records for a new one, under a new nonce',
    async (_how, expiresAtHeight, blockTime) => {
      await fixture.stored(sampleRecord());
      const first = await fixture.sign(LATER, expiresAtHeight);
      expect((await fixture.block([])).expired).toBe(0);
      expect((await fixture.block([], blockTime)).expired).toBe(1);
      const second = await fixture.sign(0);
      expect([...second.tx]).toEqual([2]);
      expect((await fixture.stores.anchors.open()).map(({txId}) => txId)).toEqual([second.txId]);
      expect(first.txId).not.toBe(second.txId);
    },
  );

  it('a transaction that was given up and is included after all counts; the duplicate in the later one says nothing', async () => {
    const record = sampleRecord();
    await fixture.stored(record);
    const first = await fixture.sign();
    await fixture.stores.anchors.fail(first.txId, CODE.unknownKey);
    const second = await fixture.sign();
    await fixture.block([{txId: first.txId, code: 0, results: [{code: 0, index: 0n}]}]);
    await fixture.block([{txId: second.txId, code: 0, results: [{code: CODE.entryDuplicate, index: 0n}]}]);
    expect(await fixture.stores.records.byId(record.recordId)).toMatchObject({
      state: 'anchored',
      txId: first.txId,
      logIndex: 0n,
    });
    expect(await fixture.stores.alertIds()).toEqual([]);
  });

  it('and the other way round', async () => {
    const record = sampleRecord();
    await fixture.stored(record);
    const first = await fixture.sign();
    await fixture.stores.anchors.fail(first.txId, CODE.unknownKey);
    const second = await fixture.sign();
    await fixture.block([{txId: second.txId, code: 0, results: [{code: 0, index: 0n}]}]);
    await fixture.block([{txId: first.txId, code: 0, results: [{code: CODE.entryDuplicate, index: 0n}]}]);
    expect(await fixture.stores.records.byId(record.recordId)).toMatchObject({state: 'anchored', txId: second.txId});
  });

  it.each([
    ['before ours', 0],
    ['after ours', 1],
  ])('the same body that another one signed, %s in the block, settles nothing of ours', async (_where, place) => {
    const record = sampleRecord();
    await fixture.stored(record);
    const {txId} = await fixture.sign();
    const ours = {txId, code: 0, results: [{code: 0, index: 3n}]};
    const copies = [
      {...ours, signerKeyId: hexOf(7), results: [{code: CODE.entryReleaseKey, index: 0n}]},
      {...ours, signerKeyId: hexOf(7), code: CODE.notAuthorised, results: []},
    ];
    await fixture.block(place === 0 ? [...copies, ours] : [ours, ...copies]);
    expect(await fixture.stores.records.byId(record.recordId)).toMatchObject({state: 'anchored', txId, logIndex: 3n});
    expect(await fixture.stores.alertIds()).toEqual([]);
  });

  it('what somebody else signed leaves our transaction open', async () => {
    await fixture.stored(sampleRecord());
    const {txId} = await fixture.sign();
    await fixture.block([{txId, code: 0, results: [{code: CODE.entryReleaseKey, index: 0n}], signerKeyId: hexOf(7)}]);
    expect((await fixture.stores.anchors.open()).map((open) => open.txId)).toEqual([txId]);
    expect(await fixture.stores.alertIds()).toEqual([]);
  });

  it('a leaf wins over a refusal of the same record in the same block, whichever comes first', async () => {
    const record = sampleRecord();
    await fixture.stored(record);
    const first = await fixture.sign();
    await fixture.stores.anchors.fail(first.txId, CODE.unknownKey);
    const second = await fixture.sign();
    await fixture.block([
      {txId: second.txId, code: 0, results: [{code: CODE.entryDuplicate, index: 0n}]},
      {txId: first.txId, code: 0, results: [{code: 0, index: 5n}]},
    ]);
    expect(await fixture.stores.records.byId(record.recordId)).toMatchObject({state: 'anchored', logIndex: 5n});
    expect(await fixture.stores.alertIds()).toEqual([]);
  });

  it('a transaction refused as a whole frees its records for later', async () => {
    await fixture.stored(sampleRecord());
    const {txId} = await fixture.sign();
    await fixture.block([{txId, code: CODE.notAuthorised, results: []}]);
    expect(await fixture.stores.anchors.open()).toEqual([]);
    expect(await fixture.toAnchor(10, 0)).toEqual([]);
    expect(await fixture.toAnchor(10, LATER)).toHaveLength(1);
  });

  describe('a database that came back from a copy', () => {
    const [known, lost] = [sampleRecord({sequence: 1n}), sampleRecord({sequence: 2n})];
    const [gone, late] = [sampleSkip({sequence: 3n}), sampleSkip({sequence: 4n})];
    const entryIds = [known.recordId, lost.recordId, gone.skipId, late.skipId];
    const leaf = (index: bigint) => ({code: 0, index});
    const ours = {txId: 'after the copy', code: 0, entryIds, results: [leaf(5n), leaf(6n), leaf(7n), leaf(8n)]};
    const idsToAnchor = async () => (await fixture.toAnchor(10, LATER)).map(({entryId}) => entryId);

    it('knows what it has anchored since by its own key, and anchors, refuses and alerts none of it again', async () => {
      await fixture.stored(known);
      await fixture.accept({records: [], skips: [gone]});
      // It is on its way once more.
      const second = await fixture.sign();
      expect(await fixture.block([ours])).toMatchObject({anchors: [], recognised: 4});
      const again = [
        {code: CODE.entryDuplicate, index: 0n},
        {code: CODE.entryDuplicate, index: 0n},
      ];
      await fixture.block([{txId: second.txId, code: 0, results: again}]);
      const {records} = fixture.stores;
      expect(await records.byId(known.recordId)).toMatchObject({state: 'anchored', txId: ours.txId, logIndex: 5n});
      expect(await fixture.byNumber(gone)).toMatchObject({state: 'skipped', logIndex: 7n});
      expect([await idsToAnchor(), await fixture.stores.alertIds()]).toEqual([[], []]);
    });

    it('knows it also when Kafka brings the record after the block: it is packed anew, and anchored already', async () => {
      await fixture.block([ours]);
      await fixture.accept({records: [lost], skips: [late]});
      const {records, claims} = fixture.stores;
      expect(await records.byId(lost.recordId)).toMatchObject({state: 'anchored', height: 1n, logIndex: 6n});
      expect(await fixture.byNumber(late)).toMatchObject({state: 'skipped', logIndex: 8n});
      await storeAll(claims);
      expect(await records.byId(lost.recordId)).toMatchObject({state: 'anchored', replicas: 2, cid: lost.cid});
      expect([await idsToAnchor(), await fixture.stores.alertIds()]).toEqual([[], []]);
    });

    it('leaves what was refused, and what another key signed, as it is', async () => {
      await fixture.stored(known);
      await fixture.block([{...ours, entryIds: [known.recordId], results: [{code: CODE.entryQuota, index: 0n}]}]);
      await fixture.block([{...ours, entryIds: [], signerKeyId: hexOf(7)}]);
      expect(await idsToAnchor()).toEqual([known.recordId]);
    });
  });

  describe('releases', () => {
    const request: DecidedRequest = {
      txId: 'aa',
      signerKeyId: hexOf(8),
      patient: hexOf(1),
      typeTag: hexOf(3, 16),
      slotFrom: 490_000,
      slotTo: 490_001,
      permit: true,
      recordLogSize: 3n,
      releaseUntilHeight: 10n,
      releaseUntilTime: 10n,
    };
    const reader = (key: number, identity: number): ReaderKey => ({
      keyId: hexOf(key),
      publicKey: Uint8Array.of(key),
      identity: hexOf(identity),
      kind: 'member',
    });
    const change = [
      {},
      {slot: 490_001},
      {slot: 490_002},
      {typeTag: new Uint8Array(16).fill(7)},
      {patient: new Uint8Array(20).fill(9)},
    ] as const;

    beforeEach(async () => {
      const records = change.map((one, index) => sampleRecord({...one, sequence: BigInt(index + 1)}));
      await fixture.stored(...records);
      const {txId} = await fixture.sign();
      await fixture.take(
        {
          requests: [request],
          devices: [{device: hexOf(2), publicKey: Uint8Array.of(5)}],
          readers: [reader(8, 6), reader(9, 6)],
          anchors: [
            {
              txId,
              signerKeyId: KEY,
              entryIds: [],
              code: 0,
              results: records.map((_, index) => ({code: 0, index: BigInt(index === 4 ? 0 : index)})),
            },
          ],
        },
        1n,
      );
    });
    const first = {slot: 490_000, logIndex: 0n};
    const found = async (ask: Partial<DecidedRequest> = {}, from = first, limit = 10): Promise<bigint[]> =>
      (await fixture.stores.releases.releasable({...request, ...ask}, from, limit)).map(({logIndex}) => logIndex);

    it('speak for the patient, the tag, the slots and the size of the decision', async () => {
      // It stays hers when her key is replaced, here in the same block.
      expect(await fixture.stores.releases.request('aa')).toEqual({...request, reader: hexOf(6)});
      expect(await fixture.stores.releases.request('bb')).toBeUndefined();
      expect(await found()).toEqual([0n, 1n]);
      expect(await found({slotTo: 490_002})).toEqual([0n, 1n, 2n]);
      expect(await found({recordLogSize: 1n})).toEqual([0n]);
      expect(await found({typeTag: '0'.repeat(32), recordLogSize: 4n})).toEqual([0n, 3n, 1n]);
      expect(await found({}, {slot: 490_000, logIndex: 1n})).toEqual([1n]);
      expect(await found({}, {slot: 490_001, logIndex: 2n})).toEqual([]);
      expect(await found({}, first, 1)).toEqual([0n]);
      const [record] = await fixture.stores.releases.releasable(request, first, 1);
      const packRoot = expect.stringMatching(/^root /) as string;
      expect([[...(record?.deviceKey ?? [])], record?.sealedKey.length, record?.packRoot]).toEqual([
        [5],
        128,
        packRoot,
      ]);
    });

    it.each([
      ['all types', '0'.repeat(32), [0n, 3n, 1n, 2n]],
      ['one type', request.typeTag, [0n, 1n, 2n]],
    ])('of %s are each there once, whatever is anchored between the pages', async (_what, typeTag, expected) => {
      const asked = {...request, typeTag, slotTo: 490_002, recordLogSize: 4n};
      const given: bigint[] = [];
      let next = 4n;
      for (let from: PlaceInRelease | undefined = first; from !== undefined;) {
        const page: ReleasableRecord[] = await fixture.stores.releases.releasable(asked, from, 2);
        given.push(...page.slice(0, 1).map(({logIndex}) => logIndex));
        from = page[1];
        // In hours of pages before and after.
        const more = [490_000, 490_001, 490_002].map((slot, i) =>
          sampleRecord({slot, sequence: 10n + next + BigInt(i)}),
        );
        await fixture.stored(...more);
        const {txId} = await fixture.sign();
        await fixture.block([{txId, code: 0, results: more.map(() => ({code: 0, index: next++}))}]);
      }
      expect(given).toEqual(expected);
    });
  });
}
