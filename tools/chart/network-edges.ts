import type {KubernetesObject, Labels, Peer, PeerPort, Selector} from './kubernetes-object.ts';
import {containersOf, podsOf} from './pods.ts';
import type {MadePod} from './pods.ts';

const COMPONENT = 'app.kubernetes.io/component';

const matches = (selector: Selector | undefined, labels: Labels): boolean =>
  Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value);

/**
 * What NetworkPolicies let pods of one namespace do with each other: lines `from to port`, by component. Evaluates the
 * policies as Kubernetes defines them.
 */
export function allowedEdges(objects: readonly KubernetesObject[], morePorts: readonly number[] = []): Set<string> {
  const policies = objects.filter(({kind}) => kind === 'NetworkPolicy').map(({spec = {}}) => spec);
  const pods = podsOf(objects);
  const ports = new Set([
    ...morePorts,
    ...pods.flatMap((pod) => containersOf(pod).flatMap((c) => (c.ports ?? []).map(({containerPort}) => containerPort))),
  ]);
  const allows = (direction: 'Ingress' | 'Egress', own: MadePod, other: MadePod, port: number): boolean => {
    const selecting = policies.filter(
      (policy) => policy.policyTypes?.includes(direction) === true && matches(policy.podSelector, own.labels),
    );
    if (selecting.length === 0) return true;
    return selecting.some(({ingress = [], egress = []}) =>
      direction === 'Ingress'
        ? ingress.some((rule) => opens(rule.ports, port) && reaches(rule.from, other))
        : egress.some((rule) => opens(rule.ports, port) && reaches(rule.to, other)),
    );
  };
  const edges = new Set<string>();
  for (const from of pods)
    for (const to of pods)
      for (const port of ports) {
        if (allows('Egress', from, to, port) && allows('Ingress', to, from, port))
          edges.add(`${component(from)} ${component(to)} ${String(port)}`);
      }
  return edges;
}

const component = (pod: MadePod): string => pod.labels[COMPONENT] ?? '';

const opens = (ports: readonly PeerPort[] | undefined, port: number): boolean =>
  ports === undefined ||
  ports.some((one) => (one.protocol ?? 'TCP') === 'TCP' && (one.port === undefined || one.port === port));

// A peer without a namespaceSelector is one of the same namespace; every pod here is. An ipBlock is for what is outside
// of the cluster.
const reaches = (peers: readonly Peer[] | undefined, pod: MadePod): boolean =>
  peers === undefined ||
  peers.length === 0 ||
  peers.some(
    (peer) =>
      peer.ipBlock === undefined && peer.namespaceSelector === undefined && matches(peer.podSelector, pod.labels),
  );

/** Ways out of the release that are no pod of it: lines `component peer ports`. */
export function waysOut(objects: readonly KubernetesObject[]): string[] {
  const policies = objects.filter(({kind}) => kind === 'NetworkPolicy');
  return policies.flatMap(({spec = {}}) => {
    const own = spec.podSelector?.matchLabels?.[COMPONENT] ?? '*';
    return (spec.egress ?? []).flatMap(({to = [], ports = []}) => {
      if (to.length === 0) return [`${own} anywhere`];
      const open = [...new Set(ports.map(({port}) => port))].join(',');
      return to
        .filter((peer) => peer.podSelector?.matchLabels?.[COMPONENT] === undefined)
        .map((peer) => `${own} ${JSON.stringify(peer)} ${open}`);
    });
  });
}
