import {anchorQueueContract} from './anchor-queue.contract.js';
import {ledgerStoresContract} from './ledger-stores.contract.js';
import {packClaimsContract} from './pack-claims.contract.js';
import {recordStoresContract} from './record-stores.contract.js';
import {skipsContract} from './skips.contract.js';
import {StoresFixture} from './stores-fixture.js';
import type {StoresUnderTest} from './stores-fixture.js';

/** What every implementation of storage's stores must do. `open` gives empty ones. */
export function storesContract(name: string, open: () => Promise<StoresUnderTest>): void {
  describe(`stores: ${name}`, () => {
    const fixture = new StoresFixture();

    beforeEach(async () => {
      fixture.begin(await open());
    });

    recordStoresContract(fixture);
    packClaimsContract(fixture);
    ledgerStoresContract(fixture);
    describe('skips', () => skipsContract(fixture));
    anchorQueueContract(fixture);
  });
}
