import {
  clusterConfig,
  datastoreSpec,
  KUBO_REPOSITORY_VERSION,
  kuboConfig,
  REPLICATION,
  storageMaxBytes,
  swarmKey,
  usableBytes,
} from '@vitalvault/engine-config';
import type {IpfsIdentities, PeerIdentity} from '@vitalvault/genesis';
import {mkdir, readFile, rename, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {z} from 'zod';
import {InstallerError} from '../installer-error.js';

const identity = z.object({id: z.string(), privateKey: z.string()});
const identitiesFile = z.object({
  swarmSecret: z.string().regex(/^[0-9a-f]{64}$/),
  clusterSecret: z.string().regex(/^[0-9a-f]{64}$/),
  kubo: z.array(identity),
  cluster: z.array(identity),
});
const peersFile = z.array(z.object({kubo: z.string().startsWith('/'), cluster: z.string().startsWith('/')})).min(1);

export interface IpfsHomeOptions {
  /** Directory with identities.json and peers.json. */
  configDir: string;
  /** Volume that gets kubo/ and cluster/. */
  home: string;
  /** Which peer this is, from 0. */
  ordinal: number;
  /** What the claim asks for; left out: the volume is as large as its file system says. */
  volumeSize?: number;
}

const everywhere = (port: number): string => `/ip4/0.0.0.0/tcp/${String(port)}`;
const inThePod = (port: number): string => `/ip4/127.0.0.1/tcp/${String(port)}`;
const PORTS = {swarm: 4_001, api: 5_001, gateway: 8_082, rest: 9_094, clusterSwarm: 9_096};
const OWNER_ONLY = 0o600;

/**
 * Writes the configuration of kubo and IPFS Cluster of one peer; what they have stored is not touched. @throws
 * InstallerError
 */
export async function writeIpfsHome({configDir, home, ordinal, volumeSize}: IpfsHomeOptions): Promise<void> {
  const identities: IpfsIdentities = await read(join(configDir, 'identities.json'), identitiesFile);
  const addresses = await read(join(configDir, 'peers.json'), peersFile);
  const [kubo, cluster] = [identities.kubo[ordinal], identities.cluster[ordinal]];
  if (kubo === undefined || cluster === undefined) {
    throw new InstallerError(
      `identities.json has ${String(identities.kubo.length)} peers, this is number ${String(ordinal)}. More peers than at the first installation need identities of their own: "installer ipfs-identities" adds them (UPGRADING.md of the chart, More IPFS peers).`,
    );
  }
  const others = (all: readonly PeerIdentity[], kind: 'kubo' | 'cluster') =>
    all
      .map(({id}, i) => ({id, address: addresses[i]?.[kind] ?? ''}))
      .filter(({address}, i) => i !== ordinal && address !== '');

  const repository = join(home, 'kubo');
  await mkdir(repository, {recursive: true});
  await write(join(repository, 'swarm.key'), swarmKey(identities.swarmSecret));
  await write(
    join(repository, 'config'),
    kuboConfig({
      identity: kubo,
      listen: {swarm: everywhere(PORTS.swarm), api: inThePod(PORTS.api), gateway: everywhere(PORTS.gateway)},
      peers: others(identities.kubo, 'kubo'),
      // A volume of a folder of the node has the node's file system, which is not all its own; one that was enlarged
      // may not have grown yet.
      storageMaxBytes: storageMaxBytes(Math.min(await usableBytes(home), volumeSize ?? Number.POSITIVE_INFINITY)),
    }),
  );
  // A repository that kubo has opened keeps its version and layout: kubo itself says when they do not fit.
  await writeOnce(join(repository, 'datastore_spec'), datastoreSpec());
  await writeOnce(join(repository, 'version'), `${String(KUBO_REPOSITORY_VERSION)}\n`);

  const clusterHome = join(home, 'cluster');
  await mkdir(clusterHome, {recursive: true});
  await write(join(clusterHome, 'identity.json'), JSON.stringify({id: cluster.id, private_key: cluster.privateKey}));
  await write(
    join(clusterHome, 'service.json'),
    clusterConfig({
      peername: `cluster-${String(ordinal)}`,
      secret: identities.clusterSecret,
      listen: {swarm: everywhere(PORTS.clusterSwarm), rest: everywhere(PORTS.rest)},
      kuboApi: inThePod(PORTS.api),
      trusted: identities.cluster.map(({id}) => id),
      peers: others(identities.cluster, 'cluster'),
      replication: REPLICATION,
    }),
  );
  await writeOnce(join(clusterHome, 'peerstore'), '');
}

/** The number at the end of a StatefulSet's pod name. @throws InstallerError */
export function ordinalOf(hostname: string): number {
  const digits = /-(\d+)$/.exec(hostname)?.[1];
  if (digits === undefined)
    throw new InstallerError(
      `The host name ${hostname} does not end with the number of a StatefulSet's pod; give --ordinal.`,
    );
  return Number(digits);
}

async function read<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    // Never with the text: it holds private keys.
    const why =
      error instanceof z.ZodError
        ? error.issues.map((issue) => `${issue.path.join('.')} ${issue.code}`).join(', ')
        : ((error as NodeJS.ErrnoException).code ?? 'no JSON');
    throw new InstallerError(`${file} cannot be used: ${why}.`);
  }
}

async function write(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, {mode: OWNER_ONLY});
  await rename(`${file}.new`, file);
}

async function writeOnce(file: string, text: string): Promise<void> {
  if ((await stat(file).catch(() => undefined)) === undefined) await write(file, text);
}
