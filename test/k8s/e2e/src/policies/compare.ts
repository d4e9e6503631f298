import {connectionsBetween, evaluatePolicies} from '#cluster/use/evaluate-policies.js';
import type {Connection, Port} from '#cluster/use/evaluate-policies.js';
import {isEdge} from './edges.js';
import type {Edges} from './edges.js';
import {isOurs} from './peers.js';
import type {RolePeer} from './peers.js';

export interface Question {
  cyclonus: string;
  peers: readonly RolePeer[];
  ports: readonly Port[];
  edges: Edges;
}

export interface Difference {
  /** Open, and no edge of the architecture. */
  tooWide: string[];
  /** An edge of the architecture, and closed. */
  tooNarrow: string[];
  asked: number;
  open: number;
}

const text = ({from, to, port}: Connection): string => `${from.name} to ${to.name} ${port.protocol} ${port.port}`;

/** Has cyclonus evaluate the policies for every pair of peers and every port, and compares with the architecture. */
export async function compareWithArchitecture(
  policies: {items: unknown[]},
  {cyclonus, peers, ports, edges}: Question,
): Promise<Difference> {
  const roles = new Map(peers.map(({name, role}) => [name, role]));
  const role = (name: string) => roles.get(name) ?? '';
  const asked = connectionsBetween(peers, ports).filter(
    ({from, to}) => isOurs(role(from.name)) || isOurs(role(to.name)),
  );
  const open = new Set((await evaluatePolicies(cyclonus, policies, asked)).map(text));
  const wanted = new Set(
    asked.filter(({from, to, port}) => isEdge(edges, [role(from.name), role(to.name)], port, isOurs)).map(text),
  );
  return {
    tooWide: [...open].filter((one) => !wanted.has(one)),
    tooNarrow: [...wanted].filter((one) => !open.has(one)),
    asked: asked.length,
    open: open.size,
  };
}
