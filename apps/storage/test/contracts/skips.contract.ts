import {CODE} from '@vitalvault/contracts';
import type {AcceptOutcome, AcceptedBatch} from '../../src/application/ports.js';
import {sampleRecord, sampleSkip} from '../support/sample-records.js';
import {LATER} from './stores-fixture.js';
import type {StoresFixture} from './stores-fixture.js';

/** Numbers that devices give up. */
export function skipsContract(fixture: StoresFixture): void {
  const skip = sampleSkip({sequence: 5n});
  const accept = (batch: AcceptedBatch): Promise<AcceptOutcome> => fixture.accept(batch);

  it('are taken once, anchored in the order of numbers, and only then what a number says', async () => {
    await fixture.stored(sampleRecord());
    expect(await accept({records: [], skips: [skip, skip]})).toEqual({fresh: 0, conflicts: 0, skips: 1});
    expect(await accept({records: [], skips: [skip]})).toMatchObject({skips: 0});
    expect(await fixture.byNumber(skip)).toBeUndefined();
    expect((await fixture.toAnchor(10, LATER)).map(({kind, entryId}) => [kind, entryId])).toEqual([
      ['record', sampleRecord().recordId],
      ['skip', skip.skipId],
    ]);
    const {txId} = await fixture.sign();
    expect(await fixture.toAnchor(10, LATER)).toEqual([]);
    await fixture.block([
      {
        txId,
        code: 0,
        results: [
          {code: 0, index: 5n},
          {code: 0, index: 4n},
        ],
      },
    ]);
    expect(await fixture.byNumber(skip)).toEqual({
      recordId: '',
      patient: '',
      state: 'skipped',
      receipt: undefined,
      height: 1n,
      txId,
      logIndex: 4n,
    });
    expect(await fixture.stores.records.byId(sampleRecord().recordId)).toMatchObject({state: 'anchored', logIndex: 5n});
  });

  it('are refused or tried again by their results, without an alert', async () => {
    const other = sampleSkip({sequence: 6n});
    await accept({records: [], skips: [skip, other]});
    const {txId} = await fixture.sign();
    await fixture.block([
      {
        txId,
        code: 0,
        results: [
          {code: CODE.entryDuplicate, index: 0n},
          {code: CODE.entryWindow, index: 0n},
        ],
      },
    ]);
    expect((await fixture.toAnchor(10, LATER)).map(({entryId}) => entryId)).toEqual([other.skipId]);
    expect(await fixture.byNumber(skip)).toBeUndefined();
    expect(await fixture.stores.alertIds()).toEqual([]);
  });

  it('are not taken for a number that has a living record', async () => {
    const record = sampleRecord({sequence: 5n});
    await fixture.stored(record);
    expect(await accept({records: [], skips: [skip]})).toMatchObject({skips: 0});
    expect(await fixture.byNumber(skip)).toMatchObject({state: 'stored', recordId: record.recordId});
  });

  it('are kept for a number that has a living record, and count when the ledger refuses that', async () => {
    const record = sampleRecord({sequence: 5n});
    await fixture.stored(record);
    expect(await accept({records: [], skips: [skip, skip]})).toMatchObject({skips: 0});
    expect((await fixture.toAnchor(10, LATER)).map(({kind}) => kind)).toEqual(['record']);
    const {txId} = await fixture.sign();
    await fixture.block([{txId, code: 0, results: [{code: CODE.entryEpoch, index: 0n}]}]);
    expect((await fixture.toAnchor(10, LATER)).map(({entryId}) => entryId)).toEqual([skip.skipId]);
    const second = await fixture.sign();
    await fixture.block([{txId: second.txId, code: 0, results: [{code: 0, index: 8n}]}]);
    expect(await fixture.byNumber(skip)).toMatchObject({state: 'skipped', logIndex: 8n});
  });

  it('are nothing when the record of the number is anchored', async () => {
    const record = sampleRecord({sequence: 5n});
    await fixture.stored(record);
    await accept({records: [], skips: [skip]});
    const {txId} = await fixture.sign();
    await fixture.block([{txId, code: 0, results: [{code: 0, index: 3n}]}]);
    expect(await fixture.toAnchor(10, LATER)).toEqual([]);
    expect(await fixture.byNumber(skip)).toMatchObject({state: 'anchored', logIndex: 3n});
    expect(await accept({records: [record]})).toEqual({fresh: 0, conflicts: 0, skips: 0});
  });

  it('are taken anew when the one before was refused, with what it says now', async () => {
    await accept({records: [], skips: [skip]});
    const {txId} = await fixture.sign();
    await fixture.block([{txId, code: 0, results: [{code: CODE.entryTag, index: 0n}]}]);
    const right = sampleSkip({sequence: 5n, typeTag: new Uint8Array(16).fill(8)});
    expect(await accept({records: [], skips: [right]})).toMatchObject({skips: 1});
    expect((await fixture.toAnchor(10, LATER)).map(({entryId}) => entryId)).toEqual([right.skipId]);
    expect(await accept({records: [], skips: [skip]})).toMatchObject({skips: 0});
  });

  it('replace the state of a record that was refused', async () => {
    const record = sampleRecord({sequence: 5n});
    await fixture.stored(record);
    const first = await fixture.sign();
    await fixture.block([{txId: first.txId, code: 0, results: [{code: CODE.entryEpoch, index: 0n}]}]);
    expect(await accept({records: [], skips: [skip]})).toMatchObject({skips: 1});
    expect(await fixture.byNumber(skip)).toMatchObject({state: 'refused'});
    const second = await fixture.sign();
    await fixture.block([{txId: second.txId, code: 0, results: [{code: 0, index: 8n}]}]);
    expect(await fixture.byNumber(skip)).toMatchObject({
      state: 'skipped',
      recordId: record.recordId,
      txId: second.txId,
      logIndex: 8n,
    });
    expect(await fixture.stores.records.byId(record.recordId)).toMatchObject({state: 'skipped'});
  });

  it('leave no room for a record under the same number', async () => {
    await accept({records: [], skips: [skip]});
    const late = sampleRecord({sequence: 5n});
    expect(await accept({records: [late]})).toEqual({fresh: 0, conflicts: 1, skips: 0});
    expect(await fixture.stores.records.byId(late.recordId)).toMatchObject({
      state: 'refused',
      refusalCode: CODE.entryDuplicate,
    });
  });

  it('go into a new transaction when theirs expired', async () => {
    await accept({records: [], skips: [skip]});
    await fixture.sign(LATER, 1n);
    expect((await fixture.block([])).expired).toBe(1);
    expect(await fixture.toAnchor(10, 0)).toHaveLength(1);
  });
}
