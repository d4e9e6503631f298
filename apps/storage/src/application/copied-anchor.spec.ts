import {CODE, encodeCanonical} from '@vitalvault/contracts';
import {AnchorResultsSchema, BodySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {decodeCanonical} from '@vitalvault/contracts';
import {sampleBody, SAMPLE_MESSAGES, signedBody, testOrganisation} from '@vitalvault/ledger-state/testing';
import {anchorSigner} from '../adapters/ledger/anchor-signer.js';
import {dueEntries} from '../../test/support/due-entries.js';
import {MemoryStores} from '../../test/support/memory-stores.js';
import {sampleRecord} from '../../test/support/sample-records.js';
import {storeAll} from '../../test/support/store-all.js';
import {LATER} from '../../test/contracts/stores-fixture.js';
import {FollowLedger} from './follow-ledger.js';

const [ours, theirs] = [testOrganisation('hospital').storage, testOrganisation('clinic').storage];
const expiry = {expiresAtHeight: 100n, expiresAtTime: 1_000n};

/** Our pending AnchorRecords, and its body signed by the storage key of somebody else. */
async function pending() {
  const stores = new MemoryStores(() => 1_000);
  const record = sampleRecord();
  await stores.take({records: [record]});
  await storeAll(stores);
  const signer = anchorSigner(
    {...ours.key, privateKey: ours.privateKey},
    sampleBody(SAMPLE_MESSAGES.anchorRecords).chainId,
  );
  const anchor = await stores.sign(signer.keyId, await dueEntries(stores, 1, LATER), (nonce) => {
    const {case: kind, value} = SAMPLE_MESSAGES.anchorRecords;
    if (kind !== 'anchorRecords') throw new Error('entries');
    return {...signer.sign({entries: value.entries as never, nonce, ...expiry}), ...expiry, traceparent: undefined};
  });
  const copy = signedBody(decodeCanonical(TxSchema, anchor.tx).body, [theirs]);
  const follow = new FollowLedger({ownKey: '', ledger: stores, onEffect: () => Promise.resolve()});
  const result = (code: number) => ({
    code: CODE.ok,
    data: encodeCanonical(AnchorResultsSchema, {results: [{code, index: 0n}]}),
  });
  return {stores, record, anchor, copy, follow, result};
}

describe('a copy of our AnchorRecords that somebody else signs', () => {
  it('has no effect on ours, whatever the ledger says of it and wherever it stands in the block', async () => {
    const {stores, record, anchor, copy, follow, result} = await pending();
    const whole = {code: CODE.notAuthorised, data: new Uint8Array()};
    await follow.execute({
      height: 1n,
      timeSeconds: 10n,
      txs: [copy, copy, anchor.tx, copy],
      results: [result(CODE.entryReleaseKey), whole, result(CODE.ok), result(CODE.entryDuplicate)],
    });
    expect(await stores.byId(record.recordId)).toMatchObject({state: 'anchored', txId: anchor.txId, logIndex: 0n});
    expect(stores.alerts).toEqual([]);
  });

  it('does not settle ours before it is in a block', async () => {
    const {stores, record, anchor, copy, follow, result} = await pending();
    const block = {height: 1n, timeSeconds: 10n, txs: [copy], results: [result(CODE.entryReleaseKey)]};
    await follow.execute(block);
    expect((await stores.open()).map(({txId}) => txId)).toEqual([anchor.txId]);
    expect(await stores.byId(record.recordId)).toMatchObject({state: 'stored'});
    expect(stores.alerts).toEqual([]);
  });

  it('is told apart by its id alone: body and nonce are the same', async () => {
    const {anchor, copy} = await pending();
    const [first, second] = [anchor.tx, copy].map((tx) => decodeCanonical(TxSchema, tx).body);
    expect(first).toEqual(second);
    expect(decodeCanonical(BodySchema, first as Uint8Array).nonce).toBe(1n);
  });
});
