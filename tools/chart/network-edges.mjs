import {containersOf, podsOf} from './pods.mjs';

const matches = (selector, labels) =>
  Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value);

/**
 * What NetworkPolicies let pods of one namespace do with each other: lines `from to port`, by component. Evaluates the
 * policies as Kubernetes defines them.
 */
export function allowedEdges(objects, morePorts = []) {
  const policies = objects.filter(({kind}) => kind === 'NetworkPolicy').map(({spec}) => spec);
  const pods = podsOf(objects);
  const ports = new Set([
    ...morePorts,
    ...pods.flatMap((pod) => containersOf(pod).flatMap((c) => (c.ports ?? []).map(({containerPort}) => containerPort))),
  ]);
  const allows = (direction, own, other, port) => {
    const selecting = policies.filter(
      (policy) => policy.policyTypes.includes(direction) && matches(policy.podSelector, own.labels),
    );
    if (selecting.length === 0) return true;
    const [rules, peers] = direction === 'Ingress' ? ['ingress', 'from'] : ['egress', 'to'];
    return selecting.some((policy) =>
      (policy[rules] ?? []).some((rule) => opens(rule.ports, port) && reaches(rule[peers], other)),
    );
  };
  const edges = new Set();
  for (const from of pods)
    for (const to of pods)
      for (const port of ports) {
        if (allows('Egress', from, to, port) && allows('Ingress', to, from, port))
          edges.add(`${component(from)} ${component(to)} ${String(port)}`);
      }
  return edges;
}

const component = (pod) => pod.labels['app.kubernetes.io/component'];

const opens = (ports, port) =>
  ports === undefined ||
  ports.some((one) => (one.protocol ?? 'TCP') === 'TCP' && (one.port === undefined || one.port === port));

// A peer without a namespaceSelector is one of the same namespace; every pod here is. An ipBlock is for what is outside
// of the cluster.
const reaches = (peers, pod) =>
  peers === undefined ||
  peers.length === 0 ||
  peers.some(
    (peer) =>
      peer.ipBlock === undefined && peer.namespaceSelector === undefined && matches(peer.podSelector, pod.labels),
  );

/** Ways out of the release that are no pod of it: lines `component peer ports`. */
export function waysOut(objects) {
  const lines = [];
  for (const policy of objects.filter(({kind}) => kind === 'NetworkPolicy')) {
    const own = policy.spec.podSelector.matchLabels['app.kubernetes.io/component'] ?? '*';
    for (const {to = [], ports = []} of policy.spec.egress ?? []) {
      for (const peer of to)
        if (peer.podSelector?.matchLabels?.['app.kubernetes.io/component'] === undefined)
          lines.push(`${own} ${JSON.stringify(peer)} ${[...new Set(ports.map(({port}) => port))].join(',')}`);
      if (to.length === 0) lines.push(`${own} anywhere`);
    }
  }
  return lines;
}
