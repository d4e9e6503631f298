import type {Connection} from '#cluster/use/evaluate-policies.js';

/** deploy/helm/vitalvault/edges.yaml: the architecture's connections, written by hand. */
export interface Edges {
  edges: {from: string; to: string; port: number}[];
  /** Ways out of the release. */
  outside: {from: string; to: string; ports: number[]}[];
}

/** What a peer is in the words of edges.yaml: a component, or `dns`, `kubernetes-api`, `internet`, `stranger`. */
export type Role = string;

/** Whether the architecture has this connection. */
export function isEdge(
  {edges, outside}: Edges,
  [from, to]: [Role, Role],
  {port, protocol}: Connection['port'],
  isOurs: (role: Role) => boolean,
): boolean {
  if (isOurs(from) && isOurs(to))
    return protocol === 'TCP' && edges.some((edge) => edge.from === from && edge.to === to && edge.port === port);
  if (isOurs(to)) return false;
  // Strangers and addresses outside may do among themselves what they like: nothing of ours is asked about it.
  if (!isOurs(from)) return true;
  return outside.some(
    (way) => (way.from === '*' || way.from === from) && way.ports.includes(port) && leadsTo(way.to, to, protocol),
  );
}

// The API server's address is not known to a chart, so that way leads anywhere outside, by TCP; names only to the
// cluster's DNS.
function leadsTo(way: string, to: Role, protocol: 'TCP' | 'UDP'): boolean {
  return way === 'kubernetes-api' ? protocol === 'TCP' : way === to;
}
