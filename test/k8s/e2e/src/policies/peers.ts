import type {Peer, Port} from '#cluster/use/evaluate-policies.js';
import type {Cluster} from '#cluster/use/cluster.js';
import {NAMESPACE, RELEASE} from '../bench.js';
import {componentOf, servingPods} from '../objects.js';
import type {PodObject} from '../objects.js';
import type {Role} from './edges.js';

export interface RolePeer extends Peer {
  role: Role;
}

const OUTSIDE: readonly Role[] = ['dns', 'kubernetes-api', 'internet', 'stranger'];
export const isOurs = (role: Role): boolean => !OUTSIDE.includes(role);

interface Namespace {
  metadata: {labels: Record<string, string>};
}

/** Pods that are not there all the time: asked about as if they were. */
const PASSING = ['installer', 'migrate', 'test'] as const;
const TEST_ADDRESS = '203.0.113.7';

/** Every pod of the release, those that come and go, and what is outside of it. */
export async function allPeers(cluster: Cluster): Promise<RolePeer[]> {
  const labelsOf = async (name: string) => (await cluster.kubectl.get<Namespace>('namespace', name)).metadata.labels;
  const [ours, system] = await Promise.all([labelsOf(NAMESPACE), labelsOf('kube-system')]);
  const serving = (await servingPods(cluster)).filter(
    (pod) => !(PASSING as readonly string[]).includes(componentOf(pod)),
  );
  const name = serving[0]?.metadata.labels['app.kubernetes.io/name'] ?? '';
  const passing = PASSING.map((role, i): RolePeer => ({
    name: role,
    role,
    ip: `10.197.0.${240 + i}`,
    pod: {
      namespace: NAMESPACE,
      namespaceLabels: ours,
      labels: {
        'app.kubernetes.io/name': name,
        'app.kubernetes.io/instance': RELEASE,
        'app.kubernetes.io/component': role,
      },
    },
  }));
  return [
    ...serving.map((pod): RolePeer => ({
      name: pod.metadata.name,
      role: componentOf(pod),
      ip: pod.status.podIP ?? '',
      pod: {namespace: NAMESPACE, namespaceLabels: ours, labels: pod.metadata.labels},
    })),
    ...passing,
    {
      name: 'dns',
      role: 'dns',
      ip: '10.197.0.250',
      pod: {namespace: 'kube-system', namespaceLabels: system, labels: {'k8s-app': 'kube-dns'}},
    },
    // Somebody else's pod in a namespace of its own that calls itself what ours are called.
    {
      name: 'stranger',
      role: 'stranger',
      ip: '10.197.0.251',
      pod: {
        namespace: 'another',
        namespaceLabels: {'kubernetes.io/metadata.name': 'another'},
        labels: serving[0]?.metadata.labels ?? {},
      },
    },
    {name: 'kubernetes-api', role: 'kubernetes-api', ip: '10.197.0.1'},
    {name: 'internet', role: 'internet', ip: TEST_ADDRESS},
  ];
}

/** Every port that a container of the release names, those of the edges, and some that nobody should reach. */
export function allPorts(pods: readonly PodObject[], ofEdges: readonly number[]): Port[] {
  const named = pods
    .flatMap(({spec}) => spec.containers.flatMap(({ports = []}) => ports))
    .map(({name, containerPort}) => [containerPort, name] as const);
  const names = new Map([
    ...[...ofEdges, 22, 443, 5001, 6443, 26660].map((port) => [port, undefined] as const),
    ...named,
  ]);
  return [
    ...[...names].map(([port, name]): Port => ({port, protocol: 'TCP', ...(name === undefined ? {} : {name})})),
    {port: 53, protocol: 'TCP'},
    {port: 53, protocol: 'UDP'},
  ];
}
