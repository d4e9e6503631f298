/**
 * Which TCP port every process listens on, all on 127.0.0.1, as offsets from one base (the table is in
 * CONTRIBUTING.md).
 */
export const DEFAULT_PORT_BASE = 26_600;
export const MAX_VALIDATORS = 16;
export const IPFS_PEERS = 3;
const HIGHEST_OFFSET = 413;

export interface PortLayout {
  validator(i: number): {p2p: number; rpc: number; management: number; metrics: number};
  kubo(i: number): {swarm: number; api: number; gateway: number};
  cluster(i: number): {rest: number; swarm: number; metrics: number};
  kafka: {broker: number; controller: number};
  postgres: number;
  otel: {grpc: number; http: number; health: number};
  observers: {prometheus: number; alertmanager: number; zipkin: number};
  ingest: {http: number; management: number};
  policy: {http: number; grpc: number; management: number};
  storage: {http: number; grpc: number; management: number};
  notify: {http: number; grpc: number; management: number};
}

export function portLayout(base: number): PortLayout {
  return {
    validator: (i) => ({
      p2p: base + 10 * i,
      rpc: base + 10 * i + 1,
      management: base + 10 * i + 2,
      metrics: base + 10 * i + 3,
    }),
    kubo: (i) => ({swarm: base + 200 + 10 * i, api: base + 201 + 10 * i, gateway: base + 202 + 10 * i}),
    cluster: (i) => ({rest: base + 203 + 10 * i, swarm: base + 204 + 10 * i, metrics: base + 205 + 10 * i}),
    kafka: {broker: base + 300, controller: base + 301},
    postgres: base + 310,
    otel: {grpc: base + 320, http: base + 321, health: base + 322},
    observers: {prometheus: base + 330, alertmanager: base + 331, zipkin: base + 332},
    ingest: {http: base + 400, management: base + 410},
    policy: {http: base + 401, grpc: base + 402, management: base + 411},
    storage: {http: base + 403, grpc: base + 404, management: base + 412},
    notify: {http: base + 405, grpc: base + 406, management: base + HIGHEST_OFFSET},
  };
}

/** A sentence that says what is wrong with `base`, or undefined. */
export function portBaseFault(base: number): string | undefined {
  const highest = 65_535 - HIGHEST_OFFSET;
  if (Number.isInteger(base) && base >= 1_024 && base <= highest) return undefined;
  return `PORT_BASE must be a whole number from 1024 to ${String(highest)}`;
}
