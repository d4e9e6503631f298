import {storesContract} from '../contracts/stores.contract.js';
import {KEY} from '../contracts/stores-fixture.js';
import {MemoryStores} from './memory-stores.js';

storesContract('in memory', () => {
  const stores = new MemoryStores(() => 1_000);
  stores.ownKeys.add(KEY);
  return Promise.resolve({
    records: stores,
    claims: stores,
    roots: stores,
    packs: () => Promise.resolve(new Map([...stores.packs].map(([root, {state}]) => [root, state]))),
    anchors: stores,
    ledger: stores,
    releases: stores,
    alertIds: () => Promise.resolve(stores.alerts.map(({messageId}) => messageId)),
  });
});
