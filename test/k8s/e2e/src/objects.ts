import {createHash} from 'node:crypto';
import type {Cluster} from '#cluster/use/cluster.js';
import {FULLNAME, NAMESPACE, RELEASE, VALIDATORS} from './bench.js';

export interface PodObject {
  metadata: {name: string; uid: string; labels: Record<string, string>; deletionTimestamp?: string};
  spec: {nodeName?: string; containers: {name: string; ports?: {name?: string; containerPort: number}[]}[]};
  status: {phase: string; podIP?: string; conditions?: {type: string; status: string; lastTransitionTime: string}[]};
}

interface Named {
  metadata: {name: string; labels?: Record<string, string>};
  data?: Record<string, string>;
}

const KEYS = `vitalvault.dev/release=${RELEASE},app.kubernetes.io/component=identity`;
const OURS = `app.kubernetes.io/instance=${RELEASE}`;

export const componentOf = ({metadata: {labels}}: PodObject): string => labels['app.kubernetes.io/component'] ?? '';
export const isReady = ({metadata, status}: PodObject): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status.conditions ?? []).some(({type, status: is}) => type === 'Ready' && is === 'True');

export async function podsOf({kubectl}: Cluster): Promise<PodObject[]> {
  return (await kubectl.get<{items: PodObject[]}>('pods', '-n', NAMESPACE, '-l', OURS)).items;
}

/** Pods that are to run for ever, without those of Jobs and tests. */
export async function servingPods(cluster: Cluster): Promise<PodObject[]> {
  return (await podsOf(cluster)).filter(({status}) => status.phase !== 'Succeeded' && status.phase !== 'Failed');
}

/** Names of what exists of a kind, sorted; Helm's own records are left out. */
export async function namesOf({kubectl}: Cluster, kind: string): Promise<string[]> {
  const {items} = await kubectl.get<{items: Named[]}>(kind, '-n', NAMESPACE);
  return items
    .map(({metadata}) => metadata.name)
    .filter((name) => name !== 'kube-root-ca.crt' && name !== 'default' && !name.startsWith('sh.helm.release.'))
    .sort();
}

/** A hash of the contents of each Secret and of the consortium's ConfigMap: what must never change. */
export async function identitiesOf({kubectl}: Cluster): Promise<Record<string, string>> {
  const secrets = (await kubectl.get<{items: Named[]}>('secrets', '-n', NAMESPACE, '-l', KEYS)).items;
  const consortium = await kubectl.get<Named>('configmap', `${FULLNAME}-consortium`, '-n', NAMESPACE);
  return Object.fromEntries(
    [...secrets, consortium].map(({metadata, data = {}}) => [
      metadata.name,
      createHash('sha256')
        .update(JSON.stringify(Object.entries(data).sort()))
        .digest('hex'),
    ]),
  );
}

export async function clusterIp({kubectl}: Cluster, part: string): Promise<string> {
  return (await kubectl.get<{spec: {clusterIP: string}}>('service', `${FULLNAME}-${part}`, '-n', NAMESPACE)).spec
    .clusterIP;
}

/** Height of each validator that answers. */
export async function heightsOf(cluster: Cluster): Promise<number[]> {
  const heights = await Promise.all(
    Array.from({length: VALIDATORS}, async (_, n) => {
      const response = await fetch(`http://${await clusterIp(cluster, `validator-${n}`)}:26657/status`, {
        signal: AbortSignal.timeout(3_000),
      }).catch(() => undefined);
      const body = (await response?.json()) as {result?: {sync_info?: {latest_block_height?: string}}} | undefined;
      return Number(body?.result?.sync_info?.latest_block_height ?? 0);
    }),
  );
  return heights.filter((height) => height > 0);
}

export const highest = async (cluster: Cluster): Promise<number> => Math.max(0, ...(await heightsOf(cluster)));
