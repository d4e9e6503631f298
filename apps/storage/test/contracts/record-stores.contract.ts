import {CODE} from '@vitalvault/contracts';
import type {AcceptedRecord} from '../../src/domain/record.js';
import {sampleRecord} from '../support/sample-records.js';
import {KEY, LATER} from './stores-fixture.js';
import type {StoresFixture} from './stores-fixture.js';

/** Records from acceptance to a signed anchor. */
export function recordStoresContract(fixture: StoresFixture): void {
  it('takes a record once, and answers by id and by number', async () => {
    const record = sampleRecord();
    expect(await fixture.accept({records: [record, record]})).toEqual({fresh: 1, conflicts: 0, skips: 0});
    expect(await fixture.accept({records: [record]})).toEqual({fresh: 0, conflicts: 0, skips: 0});
    expect(await fixture.stores.records.byId(record.recordId)).toMatchObject({
      recordId: record.recordId,
      state: 'accepted',
      patient: record.patient,
    });
    expect(await fixture.byNumber(record)).toEqual(await fixture.stores.records.byId(record.recordId));
    expect(await fixture.byNumber({...record, sequence: 2n})).toBeUndefined();
    expect(await fixture.byNumber({...record, registration: 2 ** 32 - 1})).toBeUndefined();
  });

  it('answers for many numbers at once, in the order asked, twice the same too', async () => {
    const [one, two, far] = [sampleRecord(), sampleRecord({sequence: 2n}), sampleRecord({sequence: 1_025n})];
    await fixture.accept({records: [one, two, far]});
    const nothing = {...one, sequence: 3n};
    const statuses = await fixture.stores.records.byNumbers([two, nothing, far, one, two]);
    expect(statuses.map(({record, lowestOpen}) => [record?.recordId, record?.waitsFor, lowestOpen])).toEqual([
      [two.recordId, undefined, 1n],
      [undefined, undefined, 1n],
      [far.recordId, 1n, 1n],
      [one.recordId, undefined, 1n],
      [two.recordId, undefined, 1n],
    ]);
    expect(await fixture.stores.records.byNumbers([])).toEqual([]);
  });

  it('the first under a number wins, in one message batch or in two; the other is refused once and alerted', async () => {
    const [first, second, third] = [sampleRecord({text: 'a'}), sampleRecord({text: 'b'}), sampleRecord({text: 'c'})];
    expect(await fixture.accept({records: [first, second]})).toEqual({fresh: 1, conflicts: 1, skips: 0});
    expect(await fixture.accept({records: [third, second]})).toEqual({fresh: 0, conflicts: 1, skips: 0});
    expect((await fixture.byNumber(first))?.recordId).toBe(first.recordId);
    expect(await fixture.stores.records.byId(second.recordId)).toMatchObject({
      state: 'refused',
      refusalCode: CODE.entryDuplicate,
    });
    expect(new Set(await fixture.stores.alertIds()).size).toBe(2);
  });

  it('never gives a nonce twice, and a record into one transaction only', async () => {
    await fixture.stored(sampleRecord());
    const first = await fixture.sign();
    expect(await fixture.toAnchor(10, LATER)).toEqual([]);
    await fixture.stored(sampleRecord({sequence: 2n}));
    const second = await fixture.sign();
    expect([...first.tx, ...second.tx]).toEqual([1, 2]);
    expect((await fixture.stores.anchors.open()).map(({txId}) => txId)).toEqual([first.txId, second.txId]);
  });

  it('refuses to sign for a record that another transaction took meanwhile', async () => {
    await fixture.stored(sampleRecord());
    const records = await fixture.toAnchor(10, LATER);
    await fixture.sign();
    await expect(
      fixture.stores.anchors.sign(KEY, records, () => ({
        txId: 'x',
        txHash: '',
        tx: new Uint8Array(),
        expiresAtHeight: 1n,
        expiresAtTime: 1n,
        traceparent: undefined,
      })),
    ).rejects.toThrow();
    expect(await fixture.stores.anchors.open()).toHaveLength(1);
  });

  it('begins above the nonces that the ledger knows as used', async () => {
    await fixture.stores.anchors.alignNonces(KEY, 41n);
    await fixture.stored(sampleRecord());
    expect([...(await fixture.sign()).tx]).toEqual([42]);
  });

  it('settles each entry by its result', async () => {
    const [good, later, bad] = [1n, 2n, 3n].map((sequence) => sampleRecord({sequence})) as [
      AcceptedRecord,
      AcceptedRecord,
      AcceptedRecord,
    ];
    await fixture.stored(good, later, bad);
    const {txId} = await fixture.sign();
    const effect = await fixture.block([
      {
        txId,
        code: 0,
        results: [
          {code: 0, index: 7n},
          {code: CODE.entryQuota, index: 0n},
          {code: CODE.entryTag, index: 0n},
        ],
      },
    ]);
    expect(effect.anchors).toMatchObject([{txId, anchored: 1, later: 1, refused: 1}]);
    expect(await fixture.stores.records.byId(good.recordId)).toMatchObject({
      state: 'anchored',
      logIndex: 7n,
      height: 1n,
      txId,
    });
    expect(await fixture.stores.records.byId(bad.recordId)).toMatchObject({
      state: 'refused',
      refusalCode: CODE.entryTag,
    });
    expect(await fixture.toAnchor(10, 0)).toEqual([]);
    expect((await fixture.toAnchor(10, LATER)).map(({entryId}) => entryId)).toEqual([later.recordId]);
    expect(await fixture.stores.alertIds()).toHaveLength(1);
    expect(await fixture.stores.anchors.open()).toEqual([]);
  });
}
