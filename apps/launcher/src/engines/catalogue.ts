/** The engines that are built here. PostgreSQL and Node come ready-made with `npm ci`. */
export interface GoEngine {
  kind: 'go';
  name: 'cometbft' | 'kubo' | 'ipfs-cluster' | 'otel-collector';
  /** The package that is built; the binary's name is its last part, or `binary` where it is the module itself. */
  package: string;
  binary: string;
  /** Module whose required version is shown as the engine's. */
  versionOf: string;
}

export interface MavenEngine {
  kind: 'maven';
  name: 'kafka';
  versionOf: string;
}

export type Engine = GoEngine | MavenEngine;
export type EngineName = Engine['name'];

/** Longest builds first. */
export const ENGINES: readonly Engine[] = [
  {kind: 'go', name: 'kubo', package: 'github.com/ipfs/kubo/cmd/ipfs', binary: 'ipfs', versionOf: 'github.com/ipfs/kubo'},
  {
    kind: 'go', name: 'ipfs-cluster', package: 'github.com/ipfs-cluster/ipfs-cluster/cmd/ipfs-cluster-service',
    binary: 'ipfs-cluster-service', versionOf: 'github.com/ipfs-cluster/ipfs-cluster',
  },
  {kind: 'go', name: 'otel-collector', package: '.', binary: 'otel-collector', versionOf: 'go.opentelemetry.io/collector/otelcol'},
  {kind: 'go', name: 'cometbft', package: 'github.com/cometbft/cometbft/cmd/cometbft', binary: 'cometbft', versionOf: 'github.com/cometbft/cometbft'},
  {kind: 'maven', name: 'kafka', versionOf: 'kafka_2.13'},
];

/** The engine behind a process, if it is one that is built. */
export function engineOf(processName: string): EngineName | undefined {
  const kind = processName.replace(/-\d+$/, '');
  const engines: Record<string, EngineName> = {comet: 'cometbft', kubo: 'kubo', cluster: 'ipfs-cluster', otel: 'otel-collector', kafka: 'kafka'};
  return engines[kind];
}
