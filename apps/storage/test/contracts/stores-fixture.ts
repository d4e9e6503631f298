import {MadeConsumer} from '@vitalvault/process/testing';
import type {
  AcceptOutcome,
  AcceptedBatch,
  AnchorStore,
  EntryToAnchor,
  LedgerStore,
  PackClaims,
  RecordStatus,
  RecordStore,
  ReleaseStore,
  SignedAnchor,
  UnnamedRoots,
} from '../../src/application/ports.js';
import type {BlockFacts} from '../../src/domain/block-facts.js';
import type {AcceptedRecord, RecordNumber} from '../../src/domain/record.js';
import {dueEntries} from '../support/due-entries.js';
import {hexOf} from '../support/sample-records.js';
import {storeAll} from '../support/store-all.js';

export interface StoresUnderTest {
  readonly records: RecordStore;
  readonly claims: PackClaims;
  readonly roots: UnnamedRoots;
  /** By root: whether it is made, pinned or to be dropped. */
  packs(): Promise<ReadonlyMap<string, string>>;
  readonly anchors: AnchorStore;
  readonly ledger: LedgerStore;
  readonly releases: ReleaseStore;
  /** Message ids of the alerts that were queued. */
  alertIds(): Promise<readonly string[]>;
}

export const KEY = hexOf(9);
export const nothing = {requests: [], anchors: [], devices: [], readers: [], taken: [], removals: []};
export const LATER = Number.MAX_SAFE_INTEGER;

/** Stores of one kind, empty before each case, and the steps that most cases begin with. */
export class StoresFixture {
  #stores: StoresUnderTest | undefined;
  #signed = 0;
  #consumer = new MadeConsumer();
  #height = 0n;

  get stores(): StoresUnderTest {
    if (this.#stores === undefined) throw new Error('begin() first');
    return this.#stores;
  }

  begin(stores: StoresUnderTest): void {
    this.#stores = stores;
    [this.#height, this.#consumer] = [0n, new MadeConsumer()];
  }

  /** As the one consumer would that there is, message after message. */
  accept(batch: AcceptedBatch): Promise<AcceptOutcome> {
    return this.stores.records.accept(batch, this.#consumer.advance());
  }

  async byNumber(number: RecordNumber): Promise<RecordStatus | undefined> {
    return (await this.stores.records.byNumbers([number]))[0]?.record;
  }

  async stored(...records: AcceptedRecord[]): Promise<void> {
    await this.accept({records});
    await storeAll(this.stores.claims);
  }

  toAnchor(limit: number, nowMs: number): Promise<EntryToAnchor[]> {
    return dueEntries(this.stores.anchors, limit, nowMs);
  }

  async sign(nowMs = LATER, expiresAtHeight = 100n): Promise<SignedAnchor> {
    const records = await this.toAnchor(10, nowMs);
    return this.stores.anchors.sign(KEY, records, (nonce) => ({
      txId: `tx${String(++this.#signed)}-${String(nonce)}`,
      txHash: 'hash',
      tx: Uint8Array.of(Number(nonce)),
      expiresAtHeight,
      expiresAtTime: 1_000n,
      traceparent: undefined,
    }));
  }

  async block(
    anchors: readonly {
      txId: string;
      code: number;
      results: readonly {code: number; index: bigint}[];
      signerKeyId?: string;
      entryIds?: readonly string[];
    }[],
    blockTime = 10n,
  ) {
    const own = anchors.map((anchor) => ({signerKeyId: KEY, entryIds: [], ...anchor}));
    return this.take({anchors: own}, blockTime);
  }

  /** The next block, with these facts. */
  take(facts: Partial<BlockFacts>, blockTime = 10n) {
    return this.stores.ledger.apply({at: {height: ++this.#height, blockTime}, facts: {...nothing, ...facts}});
  }
}
