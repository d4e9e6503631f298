import {join} from 'node:path';
import {socketDirectory} from './socket-directory.js';

/** Where everything lies inside one data directory. */
export interface Layout {
  data: string;
  system: string;
  endpoints: string;
  genesis: string;
  run: string;
  logs: string;
  sockets: string;
  organisation(i: number): string;
  validator(i: number): {home: string; state: string; socket: string};
  kubo(i: number): string;
  cluster(i: number): string;
  ipfsIdentities: string;
  kafka: string;
  postgres: string;
  otel: {config: string; traces: string; dir: string};
  prometheus: {config: string; data: string; dir: string};
  alertmanager: {config: string; data: string; dir: string};
  record(name: string): string;
  log(name: string): string;
}

/** @param data absolute path of the data directory. */
export function layoutOf(data: string): Layout {
  const sockets = socketDirectory(data);
  const numbered = (dir: string, i: number) => join(data, dir, String(i));
  const kept = (name: string) => {
    const dir = join(data, name);
    return {dir, config: join(dir, 'config.yaml'), data: join(dir, 'data')};
  };
  return {
    data,
    system: join(data, 'system.json'),
    endpoints: join(data, 'endpoints.json'),
    genesis: join(data, 'genesis.json'),
    run: join(data, 'run'),
    logs: join(data, 'log'),
    sockets,
    organisation: (i) => numbered('org', i),
    validator: (i) => ({
      home: join(numbered('validator', i), 'comet'),
      state: join(numbered('validator', i), 'state'),
      socket: join(sockets, `abci-${String(i)}.sock`),
    }),
    kubo: (i) => join(numbered('ipfs', i), 'kubo'),
    cluster: (i) => join(numbered('ipfs', i), 'cluster'),
    ipfsIdentities: join(data, 'ipfs', 'identities.json'),
    kafka: join(data, 'kafka'),
    postgres: join(data, 'postgres'),
    otel: {
      dir: join(data, 'otel'),
      config: join(data, 'otel', 'config.yaml'),
      traces: join(data, 'otel', 'traces.jsonl'),
    },
    prometheus: kept('prometheus'),
    alertmanager: kept('alertmanager'),
    record: (name) => join(data, 'run', `${name}.json`),
    log: (name) => join(data, 'log', `${name}.log`),
  };
}
