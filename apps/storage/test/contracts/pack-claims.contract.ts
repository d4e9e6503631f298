import type {ClaimedPack} from '../../src/application/ports.js';
import {sampleRecord} from '../support/sample-records.js';
import type {StoresFixture} from './stores-fixture.js';

const LONG = {owner: 'one', ms: 60_000};
const OTHER = {owner: 'other', ms: 60_000};
/** It ran out before it was given. */
const OVER = {owner: 'slow', ms: -1};
const ALL = {records: 100, bytes: 1e6};
const rootOf = (cids: readonly string[], id: Uint8Array): string =>
  `root of ${Buffer.from(id).toString('hex')} and ${cids.toSorted().join(' ')}`;

/** Who packs what: each record is in one pack, each pack in one's hands, whatever becomes of them. */
export function packClaimsContract(fixture: StoresFixture): void {
  const sample = (...numbers: number[]) => numbers.map((number) => sampleRecord({sequence: BigInt(number)}));
  const accept = (...numbers: number[]) => fixture.accept({records: sample(...numbers)});
  const ids = (pack: ClaimedPack | undefined): string[] => (pack?.records ?? []).map(({recordId}) => recordId);
  const idsOf = (...numbers: number[]): string[] => sample(...numbers).map(({recordId}) => recordId);
  const stateOf = async (number: number): Promise<string | undefined> =>
    (await fixture.byNumber(sampleRecord({sequence: BigInt(number)})))?.state;

  it('claims oldest first, within limits, what nobody has; the ciphertext is that of the record', async () => {
    const {claims} = fixture.stores;
    await accept(1, 2, 3, 4, 5);
    const [first] = [await claims.claim(LONG, {records: 2, bytes: 10_000}, rootOf)];
    expect([ids(first), first?.failures]).toEqual([idsOf(1, 2), 0]);
    expect(Buffer.from(first?.records[0]?.ciphertext ?? [])).toEqual(Buffer.from(sample(1)[0]?.ciphertext ?? []));
    const cids = sample(1, 2).map(({cid}) => cid);
    expect([first?.id.length, first?.root]).toEqual([16, rootOf(cids, first?.id ?? new Uint8Array())]);
    expect(ids(await claims.claim(OTHER, {records: 10, bytes: 600}, rootOf))).toEqual(idsOf(3, 4));
    expect(ids(await claims.claim(LONG, {records: 10, bytes: 1}, rootOf))).toEqual(idsOf(5));
    expect(await claims.claim(OTHER, ALL, rootOf)).toBeUndefined();
    expect(await claims.takeUp(OTHER, rootOf)).toBeUndefined();
  });

  it('claims of each owner in turn, whatever the others have and whoever came first', async () => {
    const {claims} = fixture.stores;
    const of = (byte: number, ...numbers: number[]) =>
      numbers.map((number) => sampleRecord({sequence: BigInt(number), patient: new Uint8Array(20).fill(byte)}));
    await fixture.accept({records: of(1, 1, 2, 3, 4, 5, 6, 7, 8)});
    await fixture.accept({records: [...of(2, 11, 12), ...of(3, 21)]});
    const next = async (records: number): Promise<string[]> =>
      ids(await claims.claim(LONG, {records, bytes: 1e6}, rootOf));
    const named = (...records: ReturnType<typeof of>): string[] => records.map(({recordId}) => recordId);
    expect(await next(4)).toEqual(named(...of(1, 1), ...of(2, 11), ...of(3, 21), ...of(1, 2)));
    // Who comes now is not behind what the others had before, nor before what waits of them for longer.
    await fixture.accept({records: of(4, 31, 32)});
    expect(await next(3)).toEqual(named(...of(2, 12), ...of(4, 31), ...of(1, 3)));
    expect(await next(100)).toEqual(named(...of(4, 32), ...of(1, 4, 5, 6, 7, 8)));
  });

  it('knows a root before it is pinned, and calls its records stored only then', async () => {
    const {claims} = fixture.stores;
    await accept(1, 2);
    const {root} = (await claims.claim(LONG, ALL, rootOf)) as ClaimedPack;
    expect([await fixture.stores.packs(), await stateOf(1)]).toEqual([new Map([[root, 'making']]), 'accepted']);
    expect(await fixture.stores.records.byId(idsOf(1)[0] ?? '')).not.toHaveProperty('cid');
    await claims.stored({root, replicas: 3});
    await claims.stored({root, replicas: 1});
    expect([await fixture.stores.packs(), await stateOf(1), await stateOf(2)]).toEqual([
      new Map([[root, 'pinned']]),
      'stored',
      'stored',
    ]);
    expect(await fixture.stores.records.byId(idsOf(1)[0] ?? '')).toMatchObject({replicas: 3});
    expect([await claims.claim(LONG, ALL, rootOf), await claims.takeUp(LONG, rootOf)]).toEqual([undefined, undefined]);
  });

  it('gives what a silent process had to another, under the same root; both may say that it is pinned', async () => {
    const {claims} = fixture.stores;
    await accept(1, 2);
    const {root} = (await claims.claim(OVER, ALL, rootOf)) as ClaimedPack;
    await accept(3);
    const taken = await claims.takeUp(OTHER, rootOf);
    expect([ids(taken), taken?.root]).toEqual([idsOf(1, 2), root]);
    expect(await claims.takeUp(LONG, rootOf)).toBeUndefined();
    expect(await claims.renew(root, {...OVER, ms: 60_000})).toBe(false);
    expect(await claims.renew(root, OTHER)).toBe(true);
    await claims.putBack(root, OVER.owner, 0);
    for (let said = 0; said < 2; said++) await claims.stored({root, replicas: 2});
    expect([await stateOf(1), await stateOf(2), await stateOf(3)]).toEqual(['stored', 'stored', 'accepted']);
    expect([...(await fixture.stores.packs()).values()]).toEqual(['pinned']);
    expect(await claims.renew(root, OTHER)).toBe(false);
  });

  it('counts what failed, and gives it to nobody before its pause is over', async () => {
    const {claims} = fixture.stores;
    await accept(1);
    const {root} = (await claims.claim(LONG, ALL, rootOf)) as ClaimedPack;
    await claims.putBack(root, LONG.owner, 60_000);
    expect(await claims.takeUp(OTHER, rootOf)).toBeUndefined();
    await accept(2);
    const {root: next} = (await claims.claim(LONG, ALL, rootOf)) as ClaimedPack;
    await claims.putBack(next, LONG.owner, -1);
    expect(await claims.takeUp(OTHER, rootOf)).toMatchObject({root: next, failures: 1});
  });

  it('lets all go that a process had when it stops', async () => {
    const {claims} = fixture.stores;
    await accept(1, 2);
    for (let pack = 0; pack < 2; pack++) await claims.claim(LONG, {records: 1, bytes: 1}, rootOf);
    await claims.letGo(OTHER.owner);
    expect(await claims.takeUp(OTHER, rootOf)).toBeUndefined();
    await claims.letGo(LONG.owner);
    const again = [await claims.takeUp(OTHER, rootOf), await claims.takeUp(OTHER, rootOf)];
    expect(again.flatMap(ids).toSorted()).toEqual(idsOf(1, 2).toSorted());
    expect(again.map((pack) => pack?.failures)).toEqual([0, 0]);
  });

  it('makes no pack of less than its records: the others go into a new one, and the root is dropped', async () => {
    const {claims, roots} = fixture.stores;
    await accept(1, 2);
    const {root} = (await claims.claim(OVER, ALL, rootOf)) as ClaimedPack;
    // As if one record had left.
    expect(await claims.takeUp(OTHER, () => 'another root')).toBeUndefined();
    expect(await roots.takeOut(LONG)).toBe(root);
    await roots.forget(root, OTHER.owner);
    expect([...(await fixture.stores.packs())]).toEqual([[root, 'dropping']]);
    await roots.forget(root, LONG.owner);
    expect(ids(await claims.claim(OTHER, ALL, rootOf))).toEqual(idsOf(1, 2));
    // Who was slow has pinned it after all: it is known again, to be dropped.
    await claims.stored({root, replicas: 2});
    expect((await fixture.stores.packs()).get(root)).toBe('dropping');
    expect(await stateOf(1)).toBe('accepted');
  });

  it('drops a root that was pinned for a moment and never forgotten, when its lease is over', async () => {
    const {roots} = fixture.stores;
    await roots.keepUntil('block', LONG);
    expect(await roots.takeOut(OTHER)).toBeUndefined();
    await roots.forget('block', LONG.owner);
    expect((await fixture.stores.packs()).size).toBe(0);
    await roots.keepUntil('block', OVER);
    expect(await roots.takeOut(OTHER)).toBe('block');
  });

  it('packs records of one ciphertext like all others: each pack has a root of its own, and holds up nobody', async () => {
    const {claims, roots} = fixture.stores;
    const [like] = sample(1);
    const same = sample(1, 2, 3, 4).map(
      (record) => ({...record, ciphertext: like?.ciphertext, cid: like?.cid}) as typeof record,
    );
    await fixture.accept({records: [...same, ...sample(5)]});
    const taken: ClaimedPack[] = [];
    for (let pack = 0; pack < 3; pack++)
      taken.push((await claims.claim(LONG, {records: 2, bytes: 1e6}, rootOf)) as ClaimedPack);
    expect(taken.map(ids)).toEqual([idsOf(1, 2), idsOf(3, 4), idsOf(5)]);
    expect(new Set(taken.map(({root}) => root)).size).toBe(3);
    const [first, second] = taken as [ClaimedPack, ClaimedPack];
    await claims.stored({root: first.root, replicas: 2});
    expect([await stateOf(2), await stateOf(3), await roots.takeOut(OTHER)]).toEqual(['stored', 'accepted', undefined]);
    expect(await claims.renew(second.root, LONG)).toBe(true);
  });

  it('never drops what is named: not while a pack is made or stored', async () => {
    const {claims, roots} = fixture.stores;
    await accept(1);
    const {root} = (await claims.claim(LONG, ALL, rootOf)) as ClaimedPack;
    expect([await roots.find('', 10), await roots.takeOut(OTHER)]).toEqual([{last: root, found: 0}, undefined]);
    await claims.stored({root, replicas: 2});
    expect([await roots.find('', 10), await roots.takeOut(OTHER)]).toEqual([{last: root, found: 0}, undefined]);
    expect(await roots.find(root, 10)).toEqual({last: undefined, found: 0});
  });
}
