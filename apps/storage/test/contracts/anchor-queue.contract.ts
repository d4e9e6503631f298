import {CODE} from '@vitalvault/contracts';
import {hexOf, sampleRecord, sampleSkip} from '../support/sample-records.js';
import {KEY, LATER} from './stores-fixture.js';
import type {StoresFixture} from './stores-fixture.js';

const bytes = (byte: number): Uint8Array => new Uint8Array(20).fill(byte);
const lane = (patient: number, device: number) => ({patient: hexOf(patient), device: hexOf(device), registration: 1});
const taken = (patient: number, device: number, sequence: bigint) => ({...lane(patient, device), sequence});

/** What waits for the ledger, whose turn it is, and what the ledger would take of it. */
export function anchorQueueContract(fixture: StoresFixture): void {
  const waiting = async (after = '', owners = 10) =>
    (await fixture.stores.anchors.awake(after, owners)).filter(({lanes}) => lanes.length > 0);
  const keep = (patient: number, device: number, ...numbers: bigint[]) =>
    fixture.stored(
      ...numbers.map((sequence) => sampleRecord({patient: bytes(patient), device: bytes(device), sequence})),
    );

  it('pages through owners by id, with every registration of each and the lowest number that waits', async () => {
    await keep(3, 1, 7n, 5n);
    await keep(1, 9, 2n);
    await keep(1, 4, 3n, 4n);
    const skip = sampleSkip({patient: bytes(1), device: bytes(9), sequence: 1n});
    await fixture.accept({records: [], skips: [skip]});
    const found = (await waiting()).map(({patient, lanes}) => [patient, lanes.map((one) => [one.device, one.first])]);
    expect(found).toEqual([
      [
        hexOf(1),
        [
          [hexOf(4), 3n],
          [hexOf(9), 1n],
        ],
      ],
      [hexOf(3), [[hexOf(1), 5n]]],
    ]);
    expect((await waiting('', 1)).map(({patient}) => patient)).toEqual([hexOf(1)]);
    expect((await waiting(hexOf(1))).map(({patient}) => patient)).toEqual([hexOf(3)]);
    expect(await waiting(hexOf(3))).toEqual([]);
  });

  it('puts to rest who has nothing to send, longest rest first, and wakes who gets an entry or has one freed', async () => {
    const {anchors} = fixture.stores;
    const namesOf = (owners: readonly {patient: string}[]) => owners.map(({patient}) => patient);
    const rested = async (nowMs: number, owners = 10) => namesOf(await anchors.rested(nowMs, owners));
    await keep(1, 2, 1n);
    await keep(3, 4, 1n);
    const looks = (await waiting()).map(({patient, woken}, place) => ({patient, woken, place, looks: 3 + place}));
    await anchors.looked(looks.map(({place, ...one}) => ({...one, rests: 1, lookAtMs: 5_000 - place, held: place})));
    expect([await waiting(), await rested(4_998)]).toEqual([[], []]);
    expect([await rested(5_000), await rested(5_000, 1)]).toEqual([[hexOf(3), hexOf(1)], [hexOf(3)]]);
    expect(await anchors.held()).toBe(1);
    await keep(1, 2, 2n);
    expect(await waiting()).toMatchObject([{patient: hexOf(1), rests: 0, looks: 3}]);
    // A look that began before says nothing of what came since.
    await anchors.looked(looks.map(({place, ...one}) => ({...one, rests: 2 + place, lookAtMs: 9_000, held: 0})));
    expect([namesOf(await waiting()), await rested(9_000)]).toEqual([[hexOf(1)], [hexOf(3)]]);
    // What is carried and freed again wakes her too.
    const {txId} = await fixture.sign();
    await anchors.looked((await waiting()).map((one) => ({...one, rests: 1, lookAtMs: 9_000})));
    await anchors.fail(txId, CODE.nonceTooFar);
    expect(namesOf(await waiting())).toEqual([hexOf(1)]);
  });

  it('checks owners who wait by id, page after page, and finds nobody lost: neither who is listed nor who just came', async () => {
    const {anchors} = fixture.stores;
    for (const patient of [4, 1, 6]) await keep(patient, patient, 1n);
    expect(await anchors.wakeLost('', 2)).toEqual({last: hexOf(4), lost: 0});
    await waiting();
    expect(await anchors.wakeLost('', 2)).toEqual({last: hexOf(4), lost: 0});
    expect(await anchors.wakeLost(hexOf(4), 2)).toEqual({last: hexOf(6), lost: 0});
    expect(await anchors.wakeLost(hexOf(6), 2)).toEqual({last: undefined, lost: 0});
  });

  it('gives of each lane what is due, by number, records and skips alike, no more than asked for', async () => {
    await keep(1, 2, 4n, 2n, 9n);
    await keep(3, 4, 1n);
    const late = sampleRecord({patient: bytes(1), device: bytes(2), sequence: 3n, slot: 490_001});
    await fixture.stored(late);
    const skip = sampleSkip({patient: bytes(1), device: bytes(2), sequence: 1n});
    await fixture.accept({records: [], skips: [skip]});
    const due = async (below: bigint, most: number, slot = 490_000) => {
      const asked = [
        {...lane(3, 4), below},
        {...lane(1, 2), below},
        {...lane(9, 9), below},
      ];
      const {anchors} = fixture.stores;
      const entries = await anchors.entriesOf(asked, {nowMs: 5_000, slot, most});
      return entries.map((of) => of.map(({kind, entryId}) => (kind === 'skip' ? 'skip' : entryId.slice(0, 8))));
    };
    const id = (patient: number, device: number, sequence: bigint): string =>
      sampleRecord({patient: bytes(patient), device: bytes(device), sequence}).recordId.slice(0, 8);
    expect(await due(9n, 10)).toEqual([[id(3, 4, 1n)], ['skip', id(1, 2, 2n), id(1, 2, 4n)], []]);
    expect(await due(9n, 2)).toEqual([[id(3, 4, 1n)], ['skip', id(1, 2, 2n)], []]);
    expect((await due(2n ** 64n, 10, 490_001))[1]).toEqual([
      'skip',
      id(1, 2, 2n),
      late.recordId.slice(0, 8),
      id(1, 2, 4n),
      id(1, 2, 9n),
    ]);
  });

  it('counts what is under way for its device and owner, until there is an outcome', async () => {
    await keep(1, 2, 1n, 2n);
    const {txId} = await fixture.sign();
    expect(await waiting()).toEqual([]);
    await keep(1, 2, 3n);
    await keep(1, 3, 1n);
    const underWay = async () =>
      (await waiting()).map((owner) => [owner.underWay, ...owner.lanes.map((one) => one.underWay)]);
    expect(await underWay()).toEqual([[2, 2, 0]]);
    expect((await fixture.stores.anchors.ownBucket()).underWay).toBe(2);
    const ok = {code: 0, index: 0n};
    await fixture.block([{txId, code: 0, results: [ok, ok]}]);
    expect(await underWay()).toEqual([[0, 0, 0]]);
    expect((await fixture.stores.anchors.ownBucket()).underWay).toBe(0);
  });

  it("keeps the ledger's windows, whoever anchored, and tells what a record above them waits for", async () => {
    const {records} = fixture.stores;
    const far = sampleRecord({patient: bytes(1), device: bytes(2), sequence: 1_025n});
    await fixture.stored(far);
    const lowestOpen = async () => (await records.byNumbers([far]))[0]?.lowestOpen;
    expect(await lowestOpen()).toBe(1n);
    expect(await records.byId(far.recordId)).toMatchObject({state: 'stored', waitsFor: 1n});
    await fixture.take({taken: [taken(1, 2, 2n), taken(1, 3, 1n)]});
    expect(await fixture.byNumber(far)).toMatchObject({waitsFor: 1n});
    await fixture.take({taken: [taken(1, 2, 1n), taken(1, 2, 4n)]});
    expect(await lowestOpen()).toBe(3n);
    expect(await records.byId(far.recordId)).not.toHaveProperty('waitsFor');
    expect(await waiting()).toMatchObject([{lanes: [{lowestOpen: 3n, removed: undefined}]}]);
    await fixture.take({removals: [lane(1, 2)]}, 77n);
    // Tightened later: the grace runs from the first.
    await fixture.take({removals: [lane(1, 2), lane(8, 8)]}, 99n);
    expect(await waiting()).toMatchObject([{lanes: [{lowestOpen: 3n, removed: {atHeight: 3n, atTime: 77n}}]}]);
  });

  it('counts the tokens that blocks took of devices, owners and our organisation', async () => {
    await keep(1, 2, 50n);
    const results = [CODE.ok, CODE.entryWindow, CODE.entryTag].map((code) => ({code, index: 0n}));
    const anchors = [
      {txId: 'ours', signerKeyId: KEY, entryIds: [], code: 0, results},
      {txId: 'theirs', signerKeyId: hexOf(7), entryIds: [], code: 0, results},
      {txId: 'whole', signerKeyId: KEY, entryIds: [], code: CODE.quota, results: []},
    ];
    await fixture.take({anchors, taken: [taken(1, 2, 1n), taken(1, 3, 1n), taken(4, 5, 1n)]}, 1_000n);
    expect(await waiting()).toMatchObject([
      {tokens: {tokens: 99_998n, time: 1_000n}, lanes: [{tokens: {tokens: 99_999n, time: 1_000n}}]},
    ]);
    expect((await fixture.stores.anchors.ownBucket()).tokens).toEqual({tokens: 499_997n, time: 1_000n});
    await fixture.take({taken: [taken(1, 2, 2n)]}, 1_010n);
    expect(await waiting()).toMatchObject([{tokens: {tokens: 99_998n, time: 1_010n}}]);
  });

  it('waits longer after each refusal for the time being, and counts nothing else', async () => {
    const record = sampleRecord();
    await fixture.stored(record);
    const delay = async (): Promise<number> => {
      for (let ms = 1_000; ; ms += 500) if ((await fixture.toAnchor(1, ms)).length > 0) return ms - 1_000;
    };
    const later = async (): Promise<void> => {
      const {txId} = await fixture.sign();
      await fixture.block([{txId, code: 0, results: [{code: CODE.entryWindow, index: 0n}]}]);
    };
    await later();
    expect(await delay()).toBe(1_000);
    await later();
    expect(await delay()).toBe(2_000);
    const {txId} = await fixture.sign();
    await fixture.block([{txId, code: CODE.quota, results: []}]);
    expect(await delay()).toBe(1_000);
    await later();
    expect(await delay()).toBe(4_000);
  });

  it('tells when the ledger has no room, or our organisation no tokens', async () => {
    await keep(1, 2, 1n, 2n);
    const first = await fixture.sign();
    const results = [CODE.stateFull, CODE.stateFull].map((code) => ({code, index: 0n}));
    const full = await fixture.block([{txId: first.txId, code: 0, results}]);
    expect(full.anchors).toMatchObject([{noRoom: true, later: 2}]);
    const second = await fixture.sign();
    const empty = await fixture.block([{txId: second.txId, code: CODE.quota, results: []}]);
    expect(empty.anchors).toMatchObject([{noRoom: true}]);
    const third = await fixture.sign();
    const ok = await fixture.block([{txId: third.txId, code: 0, results: results.map(() => ({code: 0, index: 0n}))}]);
    expect(ok.anchors).toMatchObject([{noRoom: false, anchored: 2, acceptedAtMs: [5n, 5n]}]);
  });

  it('remembers since when a transaction waits, over its expiry, until a block takes one', async () => {
    const since = () => fixture.stores.anchors.waitingSinceMs(KEY);
    expect(await since()).toBeUndefined();
    await keep(1, 2, 1n);
    await fixture.sign(LATER, 1n);
    const first = await since();
    expect(first).toEqual(expect.any(Number));
    expect((await fixture.block([])).expired).toBe(1);
    const {txId} = await fixture.sign();
    expect(await since()).toBe(first);
    await fixture.block([{txId, code: 0, results: [{code: 0, index: 0n}]}]);
    expect(await since()).toBeUndefined();
  });

  it('uses the nonces of expired transactions again, those of open ones never', async () => {
    await keep(1, 2, 1n);
    await fixture.stores.anchors.alignNonces(KEY, 40n);
    expect([...(await fixture.sign(LATER, 1n)).tx]).toEqual([41]);
    await fixture.stores.anchors.alignNonces(KEY, 3n);
    await keep(1, 2, 2n);
    const open = await fixture.sign(LATER, 50n);
    expect([...open.tx]).toEqual([42]);
    expect((await fixture.block([])).expired).toBe(1);
    await fixture.stores.anchors.alignNonces(KEY, 3n);
    expect([...(await fixture.sign(LATER, 60n)).tx]).toEqual([43]);
    await fixture.stores.anchors.fail(open.txId, CODE.nonceTooFar);
    for (const {txId} of await fixture.stores.anchors.open()) await fixture.stores.anchors.fail(txId, CODE.nonceTooFar);
    await fixture.stores.anchors.alignNonces(KEY, 3n);
    expect([...(await fixture.sign(LATER, 60n)).tx]).toEqual([4]);
  });
}
