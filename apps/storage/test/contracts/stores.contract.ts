import {CODE} from '@vitalvault/contracts';
import type {
  AcceptOutcome,
  AcceptedBatch,
  AnchorStore,
  LedgerStore,
  RecordStore,
  ReleaseStore,
  SignedAnchor,
} from '../../src/application/ports.js';
import type {DecidedRequest} from '../../src/domain/block-facts.js';
import type {AcceptedRecord} from '../../src/domain/record.js';
import {hexOf, sampleRecord, sampleSkip} from '../../src/testing/sample-records.js';

export interface StoresUnderTest {
  readonly records: RecordStore;
  readonly anchors: AnchorStore;
  readonly ledger: LedgerStore;
  readonly releases: ReleaseStore;
  /** Message ids of the alerts that were queued. */
  alertIds(): Promise<readonly string[]>;
}

const KEY = hexOf(9);
const position = {topic: 't', partition: 0, nextOffset: 1n};
const nothing = {requests: [], anchors: [], devices: []};
const LATER = Number.MAX_SAFE_INTEGER;

/** What every implementation of storage's stores must do. `open` gives empty ones. */
export function storesContract(name: string, open: () => Promise<StoresUnderTest>): void {
  describe(`stores: ${name}`, () => {
    let stores: StoresUnderTest;
    let signed = 0;

    beforeEach(async () => {
      stores = await open();
    });

    const stored = async (...records: AcceptedRecord[]): Promise<void> => {
      await stores.records.accept({records: records}, position);
      await stores.records.markStored({root: 'root', replicas: 2, recordIds: records.map(({recordId}) => recordId)});
    };
    const sign = async (nowMs = LATER, expiresAtHeight = 100n): Promise<SignedAnchor> => {
      const records = await stores.anchors.toAnchor(10, nowMs);
      return stores.anchors.sign(KEY, records, (nonce) => ({
        txId: `tx${String(++signed)}-${String(nonce)}`,
        txHash: 'hash',
        tx: Uint8Array.of(Number(nonce)),
        expiresAtHeight,
        expiresAtTime: 1_000n,
        traceparent: undefined,
      }));
    };
    let height = 0n;
    const block = async (
      anchors: readonly {txId: string; code: number; results: readonly {code: number; index: bigint}[]}[],
      blockTime = 10n,
    ) => stores.ledger.apply({height: ++height, blockTime}, {...nothing, anchors});
    beforeEach(() => {
      height = 0n;
    });

    it('takes a record once, and answers by id and by number', async () => {
      const record = sampleRecord();
      expect(await stores.records.accept({records: [record, record]}, position)).toEqual({
        fresh: 1,
        conflicts: 0,
        skips: 0,
      });
      expect(await stores.records.accept({records: [record]}, position)).toEqual({fresh: 0, conflicts: 0, skips: 0});
      expect(await stores.records.byId(record.recordId)).toMatchObject({
        recordId: record.recordId,
        state: 'accepted',
        patient: record.patient,
      });
      expect(await stores.records.byNumber(record)).toEqual(await stores.records.byId(record.recordId));
      expect(await stores.records.byNumber({...record, sequence: 2n})).toBeUndefined();
      expect(await stores.records.byNumber({...record, registration: 2 ** 32 - 1})).toBeUndefined();
    });

    it('the first under a number wins, in one message batch or in two; the other is refused once and alerted', async () => {
      const [first, second, third] = [sampleRecord({text: 'a'}), sampleRecord({text: 'b'}), sampleRecord({text: 'c'})];
      expect(await stores.records.accept({records: [first, second]}, position)).toEqual({
        fresh: 1,
        conflicts: 1,
        skips: 0,
      });
      expect(await stores.records.accept({records: [third, second]}, position)).toEqual({
        fresh: 0,
        conflicts: 1,
        skips: 0,
      });
      expect((await stores.records.byNumber(first))?.recordId).toBe(first.recordId);
      expect(await stores.records.byId(second.recordId)).toMatchObject({
        state: 'refused',
        refusalCode: CODE.entryDuplicate,
      });
      expect(new Set(await stores.alertIds()).size).toBe(2);
    });

    it('gives records to pack oldest first, within limits, without those in hand', async () => {
      const records = [1n, 2n, 3n].map((sequence) => sampleRecord({sequence}));
      await stores.records.accept({records: records}, position);
      const ids = async (limit: {records: number; bytes: number}, except: string[] = []): Promise<string[]> =>
        (await stores.records.toPack(limit, new Set(except))).map(({recordId}) => recordId);
      const all = records.map(({recordId}) => recordId);
      expect(await ids({records: 10, bytes: 10_000})).toEqual(all);
      expect(await ids({records: 2, bytes: 10_000})).toEqual(all.slice(0, 2));
      expect(await ids({records: 10, bytes: 600})).toEqual(all.slice(0, 2));
      expect(await ids({records: 10, bytes: 1})).toEqual(all.slice(0, 1));
      expect(await ids({records: 10, bytes: 10_000}, all.slice(0, 1))).toEqual(all.slice(1));
      const [packed] = await stores.records.toPack({records: 1, bytes: 1}, new Set());
      expect(Buffer.from(packed?.ciphertext ?? [])).toEqual(Buffer.from(records[0]?.ciphertext ?? []));
    });

    it('what is stored is not packed again, and stays stored when that is said twice', async () => {
      const record = sampleRecord();
      await stored(record);
      await stores.records.markStored({root: 'other', replicas: 1, recordIds: [record.recordId]});
      expect(await stores.records.toPack({records: 10, bytes: 10_000}, new Set())).toEqual([]);
      expect(await stores.records.byId(record.recordId)).toMatchObject({state: 'stored', replicas: 2, cid: record.cid});
    });

    it('never gives a nonce twice, and a record into one transaction only', async () => {
      await stored(sampleRecord());
      const first = await sign();
      expect(await stores.anchors.toAnchor(10, LATER)).toEqual([]);
      await stored(sampleRecord({sequence: 2n}));
      const second = await sign();
      expect([...first.tx, ...second.tx]).toEqual([1, 2]);
      expect((await stores.anchors.open()).map(({txId}) => txId)).toEqual([first.txId, second.txId]);
    });

    it('refuses to sign for a record that another transaction took meanwhile', async () => {
      await stored(sampleRecord());
      const records = await stores.anchors.toAnchor(10, LATER);
      await sign();
      await expect(
        stores.anchors.sign(KEY, records, () => ({
          txId: 'x',
          txHash: '',
          tx: new Uint8Array(),
          expiresAtHeight: 1n,
          expiresAtTime: 1n,
          traceparent: undefined,
        })),
      ).rejects.toThrow();
      expect(await stores.anchors.open()).toHaveLength(1);
    });

    it('skips nonces that somebody used, never backwards', async () => {
      await stores.anchors.skipNonces(KEY, 41n);
      await stores.anchors.skipNonces(KEY, 7n);
      await stored(sampleRecord());
      expect([...(await sign()).tx]).toEqual([42]);
    });

    it('settles each entry by its result', async () => {
      const [good, later, bad] = [1n, 2n, 3n].map((sequence) => sampleRecord({sequence})) as [
        AcceptedRecord,
        AcceptedRecord,
        AcceptedRecord,
      ];
      await stored(good, later, bad);
      const {txId} = await sign();
      const effect = await block([
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
      expect(await stores.records.byId(good.recordId)).toMatchObject({
        state: 'anchored',
        logIndex: 7n,
        height: 1n,
        txId,
      });
      expect(await stores.records.byId(bad.recordId)).toMatchObject({state: 'refused', refusalCode: CODE.entryTag});
      expect(await stores.anchors.toAnchor(10, 0)).toEqual([]);
      expect((await stores.anchors.toAnchor(10, LATER)).map(({entryId}) => entryId)).toEqual([later.recordId]);
      expect(await stores.alertIds()).toHaveLength(1);
      expect(await stores.anchors.open()).toEqual([]);
    });

    it('takes a block once, and none out of turn', async () => {
      const record = sampleRecord();
      await stored(record);
      const {txId} = await sign();
      const included = {...nothing, anchors: [{txId, code: 0, results: [{code: 0, index: 0n}]}]};
      expect((await stores.ledger.apply({height: 2n, blockTime: 5n}, included)).anchors).toEqual([]);
      expect((await stores.ledger.apply({height: 1n, blockTime: 5n}, included)).anchors).toHaveLength(1);
      expect((await stores.ledger.apply({height: 1n, blockTime: 5n}, included)).anchors).toEqual([]);
      expect(await stores.ledger.cursor()).toEqual({height: 1n, blockTime: 5n});
    });

    it('the same transaction in a second block changes nothing', async () => {
      const record = sampleRecord();
      await stored(record);
      const {txId} = await sign();
      await block([{txId, code: 0, results: [{code: 0, index: 3n}]}]);
      await block([{txId, code: CODE.nonceUsed, results: []}]);
      expect(await stores.records.byId(record.recordId)).toMatchObject({state: 'anchored', logIndex: 3n, height: 1n});
    });

    it.each([
      ['by height', 2n, 10n],
      ['by time', 100n, 1_001n],
    ])(
      'an expired transaction (%s) frees its records for a new one, under a new nonce',
      async (_how, expiresAtHeight, blockTime) => {
        await stored(sampleRecord());
        const first = await sign(LATER, expiresAtHeight);
        expect((await block([])).expired).toBe(0);
        expect((await block([], blockTime)).expired).toBe(1);
        const second = await sign(0);
        expect([...second.tx]).toEqual([2]);
        expect((await stores.anchors.open()).map(({txId}) => txId)).toEqual([second.txId]);
        expect(first.txId).not.toBe(second.txId);
      },
    );

    it('a transaction that was given up and is included after all counts; the duplicate in the later one says nothing', async () => {
      const record = sampleRecord();
      await stored(record);
      const first = await sign();
      await stores.anchors.fail(first.txId, CODE.unknownKey);
      const second = await sign();
      await block([{txId: first.txId, code: 0, results: [{code: 0, index: 0n}]}]);
      await block([{txId: second.txId, code: 0, results: [{code: CODE.entryDuplicate, index: 0n}]}]);
      expect(await stores.records.byId(record.recordId)).toMatchObject({
        state: 'anchored',
        txId: first.txId,
        logIndex: 0n,
      });
      expect(await stores.alertIds()).toEqual([]);
    });

    it('and the other way round', async () => {
      const record = sampleRecord();
      await stored(record);
      const first = await sign();
      await stores.anchors.fail(first.txId, CODE.unknownKey);
      const second = await sign();
      await block([{txId: second.txId, code: 0, results: [{code: 0, index: 0n}]}]);
      await block([{txId: first.txId, code: 0, results: [{code: CODE.entryDuplicate, index: 0n}]}]);
      expect(await stores.records.byId(record.recordId)).toMatchObject({state: 'anchored', txId: second.txId});
    });

    it('a transaction refused as a whole frees its records for later', async () => {
      await stored(sampleRecord());
      const {txId} = await sign();
      await block([{txId, code: CODE.notAuthorised, results: []}]);
      expect(await stores.anchors.open()).toEqual([]);
      expect(await stores.anchors.toAnchor(10, 0)).toEqual([]);
      expect(await stores.anchors.toAnchor(10, LATER)).toHaveLength(1);
    });

    describe('skips', () => {
      const skip = sampleSkip({sequence: 5n});
      const accept = (batch: AcceptedBatch): Promise<AcceptOutcome> => stores.records.accept(batch, position);

      it('are taken once, anchored before records, and only then what a number says', async () => {
        await stored(sampleRecord());
        expect(await accept({records: [], skips: [skip, skip]})).toEqual({fresh: 0, conflicts: 0, skips: 1});
        expect(await accept({records: [], skips: [skip]})).toMatchObject({skips: 0});
        expect(await stores.records.byNumber(skip)).toBeUndefined();
        expect((await stores.anchors.toAnchor(10, LATER)).map(({kind, entryId}) => [kind, entryId])).toEqual([
          ['skip', skip.skipId],
          ['record', sampleRecord().recordId],
        ]);
        const {txId} = await sign();
        expect(await stores.anchors.toAnchor(10, LATER)).toEqual([]);
        await block([
          {
            txId,
            code: 0,
            results: [
              {code: 0, index: 4n},
              {code: 0, index: 5n},
            ],
          },
        ]);
        expect(await stores.records.byNumber(skip)).toEqual({
          recordId: '',
          patient: '',
          state: 'skipped',
          receipt: undefined,
          height: 1n,
          txId,
          logIndex: 4n,
        });
        expect(await stores.records.byId(sampleRecord().recordId)).toMatchObject({state: 'anchored', logIndex: 5n});
      });

      it('are refused or tried again by their results, without an alert', async () => {
        const other = sampleSkip({sequence: 6n});
        await accept({records: [], skips: [skip, other]});
        const {txId} = await sign();
        await block([
          {
            txId,
            code: 0,
            results: [
              {code: CODE.entryDuplicate, index: 0n},
              {code: CODE.entryWindow, index: 0n},
            ],
          },
        ]);
        expect((await stores.anchors.toAnchor(10, LATER)).map(({entryId}) => entryId)).toEqual([other.skipId]);
        expect(await stores.records.byNumber(skip)).toBeUndefined();
        expect(await stores.alertIds()).toEqual([]);
      });

      it('are not taken for a number that has a living record', async () => {
        const record = sampleRecord({sequence: 5n});
        await stored(record);
        expect(await accept({records: [], skips: [skip]})).toMatchObject({skips: 0});
        expect(await stores.records.byNumber(skip)).toMatchObject({state: 'stored', recordId: record.recordId});
      });

      it('replace the state of a record that was refused', async () => {
        const record = sampleRecord({sequence: 5n});
        await stored(record);
        const first = await sign();
        await block([{txId: first.txId, code: 0, results: [{code: CODE.entryEpoch, index: 0n}]}]);
        expect(await accept({records: [], skips: [skip]})).toMatchObject({skips: 1});
        expect(await stores.records.byNumber(skip)).toMatchObject({state: 'refused'});
        const second = await sign();
        await block([{txId: second.txId, code: 0, results: [{code: 0, index: 8n}]}]);
        expect(await stores.records.byNumber(skip)).toMatchObject({
          state: 'skipped',
          recordId: record.recordId,
          txId: second.txId,
          logIndex: 8n,
        });
        expect(await stores.records.byId(record.recordId)).toMatchObject({state: 'skipped'});
      });

      it('leave no room for a record under the same number', async () => {
        await accept({records: [], skips: [skip]});
        const late = sampleRecord({sequence: 5n});
        expect(await accept({records: [late]})).toEqual({fresh: 0, conflicts: 1, skips: 0});
        expect(await stores.records.byId(late.recordId)).toMatchObject({
          state: 'refused',
          refusalCode: CODE.entryDuplicate,
        });
      });

      it('go into a new transaction when theirs expired', async () => {
        await accept({records: [], skips: [skip]});
        await sign(LATER, 1n);
        expect((await block([])).expired).toBe(1);
        expect(await stores.anchors.toAnchor(10, 0)).toHaveLength(1);
      });
    });

    describe('releases', () => {
      const request: DecidedRequest = {
        txId: 'aa',
        signerKeyId: hexOf(8),
        signerPublicKey: Uint8Array.of(1),
        patient: hexOf(1),
        typeTag: hexOf(3, 16),
        slotFrom: 490_000,
        slotTo: 490_001,
        permit: true,
        recordLogSize: 3n,
        releaseUntilHeight: 10n,
        releaseUntilTime: 10n,
      };
      const change = [
        {},
        {slot: 490_001},
        {slot: 490_002},
        {typeTag: new Uint8Array(16).fill(7)},
        {patient: new Uint8Array(20).fill(9)},
      ] as const;

      beforeEach(async () => {
        const records = change.map((one, index) => sampleRecord({...one, sequence: BigInt(index + 1)}));
        await stored(...records);
        const {txId} = await sign();
        await stores.ledger.apply(
          {height: 1n, blockTime: 1n},
          {
            requests: [request],
            devices: [{device: hexOf(2), publicKey: Uint8Array.of(5)}],
            anchors: [
              {txId, code: 0, results: records.map((_, index) => ({code: 0, index: BigInt(index === 4 ? 0 : index)}))},
            ],
          },
        );
      });
      const found = async (ask: Partial<DecidedRequest> = {}, from = 0n, limit = 10): Promise<bigint[]> =>
        (await stores.releases.releasable({...request, ...ask}, from, limit)).map(({logIndex}) => logIndex);

      it('speak for the patient, the tag, the slots and the size of the decision', async () => {
        expect(await stores.releases.request('aa')).toEqual(request);
        expect(await stores.releases.request('bb')).toBeUndefined();
        expect(await found()).toEqual([0n, 1n]);
        expect(await found({slotTo: 490_002})).toEqual([0n, 1n, 2n]);
        expect(await found({recordLogSize: 1n})).toEqual([0n]);
        expect(await found({typeTag: '0'.repeat(32), recordLogSize: 4n})).toEqual([0n, 1n, 3n]);
        expect(await found({}, 1n)).toEqual([1n]);
        expect(await found({}, 0n, 1)).toEqual([0n]);
        const [record] = await stores.releases.releasable(request, 0n, 1);
        expect([[...(record?.deviceKey ?? [])], record?.sealedKey.length, record?.packRoot]).toEqual([
          [5],
          128,
          'root',
        ]);
      });

      it('are counted for each record, all or none', async () => {
        expect(await stores.releases.countAnswer('aa', ['r1'], 2)).toBe(true);
        expect(await stores.releases.countAnswer('aa', ['r1', 'r2'], 2)).toBe(true);
        expect(await stores.releases.countAnswer('aa', ['r2', 'r1'], 2)).toBe(false);
        expect(await stores.releases.answers('aa', ['r1', 'r2', 'r3'])).toEqual(
          new Map([
            ['r1', 2],
            ['r2', 1],
          ]),
        );
        expect(await stores.releases.answers('bb', ['r1'])).toEqual(new Map());
      });
    });
  });
}
