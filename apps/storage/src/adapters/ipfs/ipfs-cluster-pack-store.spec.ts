import type {IpfsClusterClient} from '@vitalvault/ipfs-cluster-client';
import {IpfsClusterPackStore} from './ipfs-cluster-pack-store.js';

const copies = (...said: string[]): Promise<number | undefined> =>
  new IpfsClusterPackStore({replicationMin: 2, replicationMax: 3, timeoutMs: 1}, {
    status: () => Promise.resolve({peers: Object.fromEntries(said.map((status, i) => [`peer-${i}`, status]))}),
  } as unknown as IpfsClusterClient).copies('root', new AbortController().signal);

describe('copies of a pack', () => {
  it.each<[said: string[], count: number | undefined]>([
    [['pinned', 'pinned', 'remote'], 2],
    [['pinned', 'pin_error', 'pinning'], 1],
    [['unexpectedly_unpinned', 'pin_queued', 'remote'], 0],
    [[], 0],
    [['pinned', 'pinned', 'cluster_error'], undefined],
  ])('of %j are %p', async (said, count) => {
    expect(await copies(...said)).toBe(count);
  });
});
