import {cidOf} from '@vitalvault/envelope';
import {startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {randomBytes} from 'node:crypto';
import {buildPack} from './build-pack.js';
import {IpfsClusterClient} from './ipfs-cluster-client.js';
import {KuboClient} from './kubo-client.js';

const limits = {timeoutMs: 5_000, maxBytes: 65_536};
const blocks = Array.from({length: 50}, () => randomBytes(1_024)).map((bytes) => ({cid: cidOf(bytes), bytes}));

describe('three IPFS Cluster peers', () => {
  let engines: Engines;
  let cluster: IpfsClusterClient;
  const kubo = (index: number): KuboClient => new KuboClient({gatewayUrl: engines.endpoints.kubo[index] ?? '', index});

  beforeAll(async () => {
    engines = await startEngines({only: ['ipfs']});
    cluster = new IpfsClusterClient({urls: engines.endpoints.ipfsCluster});
  });

  afterAll(() => engines.stop());

  it('hold a pack and give each of its blocks by its own CID', async () => {
    const pack = buildPack(blocks, new Uint8Array(16));
    const {root} = await cluster.addCar(pack.car, {replicationMin: 2, replicationMax: 3, name: 'pack'});
    expect(root).toBe(pack.root);
    expect(await cluster.waitPinned(root, 2, 20_000)).toBeGreaterThanOrEqual(2);
    const [first] = blocks;
    const answers = await Promise.all([0, 1, 2].map((index) => kubo(index).blockGet(first?.cid ?? '', limits)));
    const served = answers.filter((answer) => answer.outcome === 'served');
    expect(served.length).toBeGreaterThanOrEqual(2);
    for (const answer of served) expect(Buffer.from(answer.bytes)).toEqual(first?.bytes);
  });

  it('do not fetch for strangers', async () => {
    expect(await kubo(0).blockGet(cidOf(randomBytes(32)), limits)).toEqual({outcome: 'missing'});
  });

  it('say who they are, and are one whichever answers', async () => {
    expect((await cluster.peers()).filter((peer) => peer.reachable)).toHaveLength(3);
    await engines.control('kill', 'cluster-0');
    const bytes = randomBytes(512);
    const {root, car} = buildPack([{cid: cidOf(bytes), bytes}], new Uint8Array(16));
    await cluster.addCar(car, {replicationMin: 2, replicationMax: 3, name: 'after'});
    expect(await cluster.waitPinned(root, 2, 30_000)).toBeGreaterThanOrEqual(2);
    expect((await cluster.freeSpace()).size).toBeGreaterThanOrEqual(2);
  });

  it('forget what is unpinned', async () => {
    const bytes = randomBytes(512);
    const {root, car} = buildPack([{cid: cidOf(bytes), bytes}], new Uint8Array(16));
    await cluster.addCar(car, {replicationMin: 2, replicationMax: 3, name: 'short'});
    await cluster.waitPinned(root, 2, 30_000);
    await cluster.unpin(root);
    const status = await cluster.status(root);
    expect(Object.values(status.peers).filter((state) => state === 'pinned').length).toBeLessThan(3);
  });
});
