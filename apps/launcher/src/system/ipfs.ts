import {
  clusterConfig,
  kuboConfig,
  REPLICATION,
  storageMaxBytes,
  swarmKey,
  usableBytes,
} from '@vitalvault/engine-config';
import {newIpfsIdentities, parseIpfsIdentities} from '@vitalvault/genesis';
import type {IpfsIdentities} from '@vitalvault/genesis';
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {inheritedEnvironment, ipfsVolumeBytes} from '../config.js';
import {runTool} from '../engines/run-tool.js';
import {LaunchError} from '../launch-error.js';
import {IPFS_PEERS} from '../plan/ports.js';
import {createOnce, exists, readPrivate, writeWhole} from '../process/files.js';
import {getJson} from '../process/probe.js';
import {DEFAULTS} from '../process/process-spec.js';
import {engineDirectory} from './context.js';
import type {Layout} from '../plan/layout.js';
import type {ProcessSpec} from '../process/process-spec.js';
import type {SystemContext} from './context.js';

const local = (port: number): string => `/ip4/127.0.0.1/tcp/${String(port)}`;

/** Identities of all peers and the secrets of the private swarm and of the cluster, made once. */
export async function ensureIpfsIdentities(layout: Layout): Promise<IpfsIdentities> {
  await createOnce(layout.ipfsIdentities, () => JSON.stringify(newIpfsIdentities(IPFS_PEERS)), 0o600);
  const identities = parseIpfsIdentities(await readPrivate(layout.ipfsIdentities));
  if (identities === undefined)
    throw new LaunchError(`${layout.ipfsIdentities} is damaged. Put the old one back, or \`make clean\`.`);
  return identities;
}

export function kuboSpec(context: SystemContext, i: number): ProcessSpec {
  const {layout, ports, ipfs} = context;
  const {swarm, api, gateway} = ports.kubo(i);
  const repo = layout.kubo(i);
  const command = join(engineDirectory(context, 'kubo'), 'ipfs');
  const env = {
    ...inheritedEnvironment(),
    IPFS_PATH: repo,
    LIBP2P_FORCE_PNET: '1',
    IPFS_TELEMETRY: 'off',
    GOGC: '50',
    GOMEMLIMIT: '128MiB',
  };
  return {
    ...DEFAULTS,
    name: `kubo-${String(i)}`,
    command,
    args: ['daemon', '--migrate=false', '--enable-gc=false'],
    env,
    cwd: layout.data,
    ports: [swarm, api, gateway],
    prepare: async () => {
      await mkdir(repo, {recursive: true});
      const identity = own(ipfs.kubo, i);
      const peers = ipfs.kubo
        .map((peer, j) => ({id: peer.id, address: local(ports.kubo(j).swarm)}))
        .filter((_, j) => j !== i);
      const config = kuboConfig({
        identity,
        listen: {swarm: local(swarm), api: local(api), gateway: local(gateway)},
        peers,
        storageMaxBytes: storageMaxBytes(ipfsVolumeBytes() ?? (await usableBytes(layout.data)), ipfs.kubo.length),
      });
      await writeWhole(join(repo, 'swarm.key'), swarmKey(ipfs.swarmSecret), 0o600);
      // `version` is the last file that init writes; without it an init that was cut short is done again.
      if (!(await exists(join(repo, 'version')))) {
        const template = join(repo, 'initial-config.json');
        await writeWhole(template, config, 0o600);
        await runTool(`initialising kubo-${String(i)}`, {
          command,
          args: ['init', '--empty-repo', template],
          cwd: layout.data,
          env,
        });
      }
      await writeWhole(join(repo, 'config'), config, 0o600);
    },
    ready: async () => (await getJson(`http://127.0.0.1:${String(api)}/api/v0/id`, 'POST')) !== undefined,
  };
}

export function clusterSpec(context: SystemContext, i: number): ProcessSpec {
  const {layout, ports, ipfs, active} = context;
  const {rest, swarm, metrics} = ports.cluster(i);
  const home = layout.cluster(i);
  const peername = `cluster-${String(i)}`;
  const others = [...active].filter((name) => name.startsWith('cluster-')).length;
  return {
    ...DEFAULTS,
    name: peername,
    command: join(engineDirectory(context, 'ipfs-cluster'), 'ipfs-cluster-service'),
    args: ['--loglevel', 'warn', 'daemon'],
    env: {
      ...inheritedEnvironment(),
      IPFS_CLUSTER_PATH: home,
      GOGC: '50',
      GOMEMLIMIT: '96MiB',
      CLUSTER_METRICS_ENABLESTATS: 'true',
      CLUSTER_METRICS_PROMETHEUSENDPOINT: local(metrics),
    },
    cwd: layout.data,
    after: [`kubo-${String(i)}`],
    ports: [rest, swarm, metrics],
    prepare: async () => {
      const identity = own(ipfs.cluster, i);
      const peers = ipfs.cluster.map((peer, j) => ({id: peer.id, address: local(ports.cluster(j).swarm)}));
      await writeWhole(
        join(home, 'identity.json'),
        JSON.stringify({id: identity.id, private_key: identity.privateKey}),
        0o600,
      );
      const config = clusterConfig({
        peername,
        secret: ipfs.clusterSecret,
        listen: {swarm: local(swarm), rest: local(rest)},
        kuboApi: local(ports.kubo(i).api),
        replication: REPLICATION,
        trusted: peers.map((p) => p.id),
        peers: peers.filter((_, j) => j !== i),
      });
      await writeWhole(join(home, 'service.json'), config, 0o600);
      await createOnce(join(home, 'peerstore'), () => '');
    },
    // A peer can place a pin only on those whose metrics it has heard.
    ready: async () => (await freeSpaces(rest)).length >= others,
  };
}

async function freeSpaces(rest: number): Promise<unknown[]> {
  const heard = await getJson(`http://127.0.0.1:${String(rest)}/monitor/metrics/freespace`);
  return Array.isArray(heard) ? (heard as unknown[]) : [];
}

function own<T>(all: T[], i: number): T {
  const one = all[i];
  if (one === undefined) throw new Error(`no IPFS peer ${String(i)}`);
  return one;
}
