import {DomainError} from '@vitalvault/errors';
import {cidOf} from '@vitalvault/envelope';
import {runProcess, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {randomBytes} from 'node:crypto';
import {readlink} from 'node:fs/promises';
import {delimiter, dirname, join} from 'node:path';
import {buildPack} from './build-pack.js';
import {IpfsClusterClient} from './ipfs-cluster-client.js';

const READY = join(import.meta.dirname, '../../../deploy/helm/vitalvault/files/kubo-ready.sh');
// The free space that the cluster goes by is up to ten seconds old.
const MAX_PACKS = 200;

describe('three IPFS peers whose volumes fill up', () => {
  let engines: Engines;
  let cluster: IpfsClusterClient;

  beforeAll(async () => {
    // 1 MB for the blocks of each.
    engines = await startEngines({only: ['ipfs'], ipfsVolumeBytes: 4_286_000});
    cluster = new IpfsClusterClient({urls: engines.endpoints.ipfsCluster});
  });

  afterAll(() => engines.stop());

  /** What the chart's readiness probe of kubo says, run as in the pod: `ipfs` on the path, the repository named. */
  async function probe(peer: number): Promise<{code: number | null; said: string}> {
    const {pid} = engines.endpoints.processes[`kubo-${String(peer)}`] ?? {pid: 0};
    const PATH = [dirname(await readlink(`/proc/${String(pid)}/exe`)), process.env.PATH].join(delimiter);
    const env = {PATH, IPFS_PATH: join(engines.data, 'ipfs', String(peer), 'kubo')};
    const {code, stdout, stderr} = await runProcess({command: '/bin/sh', args: [READY], env});
    return {code, said: stdout + stderr};
  }

  async function add(): Promise<string | undefined> {
    const bytes = randomBytes(200_000);
    const {root, car} = buildPack([{cid: cidOf(bytes), bytes}], new Uint8Array(16));
    try {
      await cluster.addCar(car, {replicationMin: 2, replicationMax: 3, name: 'pack'});
      await cluster.waitPinned(root, 2, 20_000);
      return undefined;
    } catch (error) {
      return (error as DomainError).code;
    }
  }

  it('have room by their volume, take packs until it is used up, and then say so themselves', async () => {
    const before = await cluster.freeSpace();
    expect(before.size).toBe(3);
    for (const bytes of before.values()) expect(bytes).toBeLessThanOrEqual(1_000_067);
    for (const peer of [0, 1, 2]) expect(await probe(peer)).toEqual({code: 0, said: ''});

    let refused: string | undefined;
    for (let packs = 0; refused === undefined && packs < MAX_PACKS; packs++) refused = await add();
    expect(refused).toBe('ipfs-unavailable');

    // IPFS Cluster goes on saying that it is well; the free space of its peers is what tells.
    expect((await fetch(new URL('/health', engines.endpoints.ipfsCluster[0]))).status).toBe(204);
    expect([...(await cluster.freeSpace()).values()].filter((bytes) => bytes > 0).length).toBeLessThan(2);
    const verdicts = await Promise.all([0, 1, 2].map(probe));
    const full = verdicts.filter(({code}) => code === 1);
    expect(full.length).toBeGreaterThanOrEqual(2);
    for (const {said} of full)
      expect(said).toMatch(/^full: the blocks have \d+ bytes, \d+ are what this volume is for/);
  });
});
