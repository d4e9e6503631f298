import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {runProcess} from '@vitalvault/testkit';
import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import type {AddressInfo} from 'node:net';
import {homedir, tmpdir} from 'node:os';
import {join} from 'node:path';
import {JOINING, LOCAL} from './support/plans.js';

const MAIN = join(import.meta.dirname, '..', 'dist', 'main.js');
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vv-installer-'));
});
afterAll(async () => {
  await rm(dir, {recursive: true});
});

interface Item {
  kind: string;
  metadata: {name: string};
  data?: Record<string, string>;
  stringData?: Record<string, string>;
}

/** The installer as its image runs it, outside of a cluster. */
const installer = (...args: string[]) =>
  runProcess({command: process.execPath, args: [MAIN, ...args], env: {PATH: ''}});

async function printed(
  plan: object,
  name = 'plan.json',
): Promise<{code: number | null; stderr: string; items: Item[]}> {
  await writeFile(join(dir, name), JSON.stringify(plan));
  const {code, stdout, stderr} = await installer('identities', '--plan', join(dir, name), '--print');
  return {code, stderr, items: (JSON.parse(stdout) as {items: Item[]}).items};
}

async function engine(name: string, binary: string): Promise<string> {
  const cache =
    process.env.VITALVAULT_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'vitalvault');
  const built = (await readdir(join(cache, 'engines')))
    .filter((entry) => entry.startsWith(`${name}-`) && /^\d/.test(entry.slice(name.length + 1)))
    .sort()
    .at(-1);
  if (built === undefined) throw new Error(`no ${name} in ${cache}: run make build`);
  return join(cache, 'engines', built, binary);
}

describe('installer', () => {
  it('prints every object of a plan as manifests, and tells what it made without its value', async () => {
    const {code, stderr, items} = await printed(LOCAL);
    expect([
      code,
      items.length,
      items.filter(({kind}) => kind === 'ConfigMap').map(({metadata}) => metadata.name),
    ]).toEqual([0, 17, ['r-consortium']]);
    expect(stderr).toContain('made Secret r-validator-1: keys of validator 1');
    for (const {stringData = {}} of items)
      for (const value of Object.values(stringData)) expect(stderr).not.toContain(value.trim());
  });

  it('carries a consortium from public parts to a genesis that each hospital takes', async () => {
    const parts = [];
    for (const name of ['North', 'East']) {
      const {code, stderr, items} = await printed({...JOINING, organisations: [{...JOINING.organisations[0], name}]});
      expect([code, stderr]).toEqual([3, expect.stringContaining('Send the consortium the public part')]);
      const file = join(dir, `${name}.json`);
      await writeFile(
        file,
        items.find(({metadata}) => metadata.name === 'r-consortium-public')?.data?.['public.json'] ?? '',
      );
      parts.push(file);
    }
    const time = '2027-01-31T12:00:00Z';
    const [one, other] = [
      await installer('genesis', '--chain-id', 'c', '--time', time, '--in', ...parts),
      await installer('genesis', '--chain-id', 'c', '--time', time, '--in', ...parts.toReversed()),
    ];
    expect([one.code, one.stdout]).toEqual([0, other.stdout]);
    expect(JSON.parse(one.stdout)).toMatchObject({
      chain_id: expect.stringMatching(/^c-[0-9a-f]{8}$/),
      genesis_time: '2027-01-31T12:00:00.000Z',
    });
    // Keys made afresh are in nobody's genesis.
    const stranger = await printed({...JOINING, chainId: 'c', genesis: one.stdout});
    expect([stranger.code, stranger.stderr]).toEqual([
      1,
      expect.stringMatching(/Hospital North \([0-9a-f]{40}\) is not in it/),
    ]);
  });

  it('refuses one hospital twice', async () => {
    const {code, stderr} = await installer(
      'genesis',
      '--chain-id',
      'c',
      '--in',
      join(dir, 'North.json'),
      join(dir, 'North.json'),
    );
    expect([code, stderr]).toEqual([1, expect.stringContaining('named twice')]);
  });

  it('says what it is without a cluster, a plan or a command', async () => {
    await writeFile(join(dir, 'plan.json'), JSON.stringify(LOCAL));
    expect((await installer('identities', '--plan', join(dir, 'plan.json'))).stderr).toContain(
      'This is no pod of a Kubernetes cluster',
    );
    expect((await installer('identities')).stderr).toContain('--plan');
    expect((await installer('identities', '--plan', join(dir, 'none.json'))).stderr).toMatch(
      /installer: ENOENT.*none\.json'\n$/,
    );
    expect((await installer('--help')).stdout).toMatch(
      /identities[\s\S]+genesis[\s\S]+ipfs-home[\s\S]+wait[\s\S]+migrated/,
    );
  });

  it('waits for what listens, and names what does not', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    expect((await installer('wait', '--tcp', address)).code).toBe(0);
    await new Promise((resolve) => server.close(resolve));
    const {code, stderr} = await installer('wait', '--tcp', address, '--timeout', '1');
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${address} (ECONNREFUSED)`)]);
  });

  it('says which database setting it lacks, and that a database is away', async () => {
    expect((await installer('migrated', '--service', 'policy')).stderr).toContain('VITALVAULT_DATABASE_URL');
    const away = await runProcess({
      command: process.execPath,
      args: [MAIN, 'migrated', '--service', 'policy', '--timeout', '1'],
      env: {VITALVAULT_DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/d'},
    });
    expect([away.code, away.stderr]).toEqual([1, expect.stringContaining('the database of policy (')]);
    expect(away.stderr).not.toContain('hunter2');
  });

  it('writes homes that kubo and IPFS Cluster open, and leaves what they stored', async () => {
    const {items} = await printed(LOCAL);
    const [configDir, home] = [join(dir, 'config'), join(dir, 'home')];
    await mkdir(configDir);
    await writeFile(
      join(configDir, 'identities.json'),
      items.find(({metadata}) => metadata.name === 'r-ipfs')?.stringData?.['identities.json'] ?? '',
    );
    await writeFile(join(configDir, 'peers.json'), JSON.stringify(LOCAL.ipfs.peers));
    const write = () => installer('ipfs-home', '--config-dir', configDir, '--home', home, '--ordinal', '2');
    expect((await write()).code).toBe(0);

    const ipfs = await engine('kubo', 'ipfs');
    const kubo = (...args: string[]) =>
      runProcess({
        command: ipfs,
        args: ['--offline', ...args],
        env: {IPFS_PATH: join(home, 'kubo'), HOME: home, LIBP2P_FORCE_PNET: '1', IPFS_TELEMETRY: 'off'},
      });
    await writeFile(join(home, 'block'), 'a block');
    const put = await kubo('block', 'put', join(home, 'block'));
    expect([put.code, put.stderr]).toEqual([0, '']);
    expect((await write()).code).toBe(0);
    expect((await kubo('block', 'get', put.stdout.trim())).stdout).toBe('a block');
    expect((await kubo('id', '-f', '<id>')).stdout).toBe(
      (JSON.parse(await readFile(join(home, 'kubo', 'config'), 'utf8')) as {Identity: {PeerID: string}}).Identity
        .PeerID,
    );

    const cluster = await runProcess({
      command: await engine('ipfs-cluster', 'ipfs-cluster-service'),
      args: ['state', 'export', '-f', join(home, 'pins')],
      env: {IPFS_CLUSTER_PATH: join(home, 'cluster'), HOME: home},
    });
    expect([cluster.code, cluster.stderr]).toEqual([0, expect.stringContaining('successfully exported')]);
  });
});
