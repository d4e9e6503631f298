import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {ClusterError} from '../cluster-error.js';
import {inherited} from '../config.js';
import {run} from '../run.js';

/** A pod, or an address outside of the cluster, between which connections are asked for. */
export interface Peer {
  name: string;
  ip: string;
  /** Not there for an address outside. */
  pod?: {labels: Record<string, string>; namespace: string; namespaceLabels: Record<string, string>};
}

export interface Port {
  port: number;
  protocol: 'TCP' | 'UDP';
  /** The name it has in the receiving pod, for policies that use names. */
  name?: string;
}

export interface Connection {
  from: Peer;
  to: Peer;
  port: Port;
}

const FOOTER = /^\|\s*IS ALLOWED\?\s*\|\s*(TRUE|FALSE)\s*\|/gim;

const peerOf = ({ip, pod}: Peer) => ({
  IP: ip,
  ...(pod === undefined
    ? {}
    : {Internal: {PodLabels: pod.labels, Namespace: pod.namespace, NamespaceLabels: pod.namespaceLabels}}),
});

/** Every connection between two different peers, on each of the ports. */
export const connectionsBetween = (peers: readonly Peer[], ports: readonly Port[]): Connection[] =>
  peers.flatMap((from) => peers.filter((to) => to !== from).flatMap((to) => ports.map((port) => ({from, to, port}))));

/**
 * Asks cyclonus, which knows the rules of NetworkPolicy independently of us, which connections the policies allow: out
 * of the one pod and into the other.
 * @param policies a NetworkPolicyList, as `kubectl get networkpolicies -o json` gives it
 * @returns those of `connections` that are allowed
 */
export async function evaluatePolicies(
  cyclonus: string,
  policies: {items: unknown[]},
  connections: readonly Connection[],
): Promise<Connection[]> {
  const work = await mkdtemp(join(tmpdir(), 'vv-cyclonus-'));
  try {
    const [policyFile, trafficFile] = [join(work, 'policies.json'), join(work, 'traffic.json')];
    await writeFile(
      policyFile,
      JSON.stringify({apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicyList', items: policies.items}),
    );
    await writeFile(
      trafficFile,
      JSON.stringify(
        connections.map(({from, to, port}) => ({
          Source: peerOf(from),
          Destination: peerOf(to),
          ResolvedPort: port.port,
          ResolvedPortName: port.name ?? '',
          Protocol: port.protocol,
        })),
      ),
    );
    const output = await run(
      join(cyclonus, 'cyclonus'),
      ['analyze', '--mode', 'query-traffic', '--policy-path', policyFile, '--traffic-path', trafficFile],
      {env: inherited()},
    );
    const verdicts = [...output.matchAll(FOOTER)].map(([, verdict]) => verdict?.toUpperCase() === 'TRUE');
    if (verdicts.length !== connections.length)
      throw new ClusterError(
        `cyclonus was asked about ${connections.length} connections and answered about ${verdicts.length}.`,
      );
    return connections.filter((_, index) => verdicts[index]);
  } finally {
    await rm(work, {recursive: true, force: true});
  }
}
