import {afterEach, beforeEach, describe, expect, it} from '@jest/globals';
import {usableBytes} from '@vitalvault/engine-config';
import {newIpfsIdentities} from '@vitalvault/genesis';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {LOCAL} from '../../test/support/plans.js';
import {ordinalOf, writeIpfsHome} from './ipfs-home.js';

const identities = newIpfsIdentities(3);
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vv-ipfs-home-'));
  await writeFile(join(dir, 'identities.json'), JSON.stringify(identities));
  await writeFile(join(dir, 'peers.json'), JSON.stringify(LOCAL.ipfs.peers));
});
afterEach(async () => {
  await rm(dir, {recursive: true});
});

const make = (ordinal = 1, volumeSize?: number) =>
  writeIpfsHome({configDir: dir, home: dir, ordinal, ...(volumeSize === undefined ? {} : {volumeSize})});
const json = async (...path: string[]) =>
  JSON.parse(await readFile(join(dir, ...path), 'utf8')) as Record<string, never>;

describe('writeIpfsHome', () => {
  it('gives a peer its own identity and the others by name', async () => {
    await make();
    expect(await json('kubo', 'config')).toMatchObject({
      Identity: {PeerID: identities.kubo[1]?.id},
      Addresses: {API: '/ip4/127.0.0.1/tcp/5001', Gateway: '/ip4/0.0.0.0/tcp/8082'},
      Peering: {
        Peers: [
          {ID: identities.kubo[0]?.id, Addrs: ['/dns4/r-ipfs-0/tcp/4001']},
          {ID: identities.kubo[2]?.id, Addrs: ['/dns4/r-ipfs-2/tcp/4001']},
        ],
      },
    });
    expect(await json('cluster', 'service.json')).toMatchObject({
      cluster: {
        peername: 'cluster-1',
        peer_addresses: [
          `/dns4/r-ipfs-0/tcp/9096/p2p/${identities.cluster[0]?.id ?? ''}`,
          `/dns4/r-ipfs-2/tcp/9096/p2p/${identities.cluster[2]?.id ?? ''}`,
        ],
      },
      consensus: {crdt: {trusted_peers: identities.cluster.map(({id}) => id)}},
    });
  });

  it('lets blocks take what the volume is for: seven tenths of the claim, or of the file system where that is smaller', async () => {
    const storageMax = async () => {
      const {Datastore} = (await json('kubo', 'config')) as {Datastore?: {StorageMax: string}};
      expect(Datastore?.StorageMax).toMatch(/^\d+B$/);
      return Number.parseInt(Datastore?.StorageMax ?? '', 10);
    };
    await make(1, 1_000_000);
    expect(await storageMax()).toBe(700_000);
    // The volume was enlarged; the next start follows.
    await make(1, 2_000_000);
    expect(await storageMax()).toBe(1_400_000);
    const wholeDisk = Math.floor((await usableBytes(dir)) * 0.7);
    await make(1, 2 ** 52);
    expect(Math.abs((await storageMax()) - wholeDisk)).toBeLessThan(wholeDisk * 0.05);
    await make();
    expect(Math.abs((await storageMax()) - wholeDisk)).toBeLessThan(wholeDisk * 0.05);
  });

  it('keeps the layout of a repository that kubo has opened', async () => {
    await make();
    await writeFile(join(dir, 'kubo', 'version'), '19\n');
    await make();
    expect(await readFile(join(dir, 'kubo', 'version'), 'utf8')).toBe('19\n');
  });

  it('says that there are more peers than identities', async () => {
    await expect(make(3)).rejects.toThrow('identities.json has 3 peers, this is number 3');
  });

  it('never repeats a secret that it cannot read', async () => {
    await writeFile(join(dir, 'identities.json'), '{"swarmSecret": "hunter2"');
    await expect(make()).rejects.toThrow(/identities\.json cannot be used: no JSON\.$/);
  });
});

describe('ordinalOf', () => {
  it('is the number of the pod', () => {
    expect(ordinalOf('demo-ipfs-12')).toBe(12);
  });
  it('is not guessed', () => {
    expect(() => ordinalOf('laptop')).toThrow('--ordinal');
  });
});
