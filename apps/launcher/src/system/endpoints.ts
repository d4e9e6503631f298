import {IPFS_PEERS, portLayout} from '../plan/ports.js';
import {processNames, SERVICES} from '../plan/names.js';
import {databaseUrl} from '../configuration/service-environment.js';
import {loadOrganisation, ORGANISATION_NAMES} from '../genesis/organisation-keys.js';
import {writeWhole} from '../process/files.js';
import {processState} from '../process/process-record.js';
import type {Layout} from '../plan/layout.js';
import type {Settings} from '../plan/settings.js';

const http = (port: number) => `http://127.0.0.1:${String(port)}`;
const each = <T>(n: number, one: (i: number) => T) => Array.from({length: n}, (_, i) => one(i));

/** By the names that the processes have: `kubo-0` and so on. */
const named = (name: string, n: number, one: (i: number) => string): Record<string, string> =>
  Object.fromEntries(each(n, (i) => [`${name}-${String(i)}`, one(i)] as const));

/** Where everything is reached; `$DATA/endpoints.json` is this as JSON. `processes` holds those that run. */
export async function endpointsOf(layout: Layout, settings: Settings) {
  const ports = portLayout(settings.portBase);
  const processes: Record<string, {pid: number; log: string}> = {};
  for (const name of processNames(settings.validators)) {
    const state = await processState(layout, name);
    if (state.state === 'running') processes[name] = {pid: state.pid, log: layout.log(name)};
  }
  const organisations = await Promise.all(
    ORGANISATION_NAMES.map(async (name, i) => {
      const dir = layout.organisation(i);
      return {id: (await loadOrganisation(dir, name)).id, name, keys: dir};
    }),
  );
  const management: Readonly<Record<string, string>> = {
    ...Object.fromEntries(SERVICES.map((name) => [name, http(ports[name].management)])),
    ...named('abci', settings.validators, (i) => http(ports.validator(i).management)),
  };
  const engineMetrics: Readonly<Record<string, string>> = {
    ...named('comet', settings.validators, (i) => `${http(ports.validator(i).metrics)}/metrics`),
    ...named('cluster', IPFS_PEERS, (i) => `${http(ports.cluster(i).metrics)}/metrics`),
    ...named('kubo', IPFS_PEERS, (i) => `${http(ports.kubo(i).api)}/debug/metrics/prometheus`),
  };
  return {
    chainId: settings.chainId,
    genesis: layout.genesis,
    services: Object.fromEntries(SERVICES.map((name) => [name, http(ports[name].http)])),
    management,
    metrics: Object.fromEntries(Object.entries(management).map(([name, url]) => [name, `${url}/metrics`])),
    engineMetrics,
    validators: each(settings.validators, (i) => ({rpc: http(ports.validator(i).rpc), home: layout.validator(i).home})),
    ipfsCluster: each(IPFS_PEERS, (i) => http(ports.cluster(i).rest)),
    kubo: each(IPFS_PEERS, (i) => http(ports.kubo(i).gateway)),
    kuboApi: each(IPFS_PEERS, (i) => http(ports.kubo(i).api)),
    kafka: `127.0.0.1:${String(ports.kafka.broker)}`,
    postgres: databaseUrl(ports.postgres, 'postgres'),
    otlp: http(ports.otel.http),
    traces: layout.otel.traces,
    observers: observersOf(settings),
    organisations,
    processes,
  };
}

/** Where those who watch are reached, by name. */
export function observersOf(settings: Settings): Record<string, string> {
  const {observers} = portLayout(settings.portBase);
  return Object.fromEntries(Object.entries(observers).map(([name, port]) => [name, http(port)]));
}

export async function writeEndpoints(layout: Layout, settings: Settings): Promise<void> {
  await writeWhole(layout.endpoints, JSON.stringify(await endpointsOf(layout, settings), undefined, 2) + '\n');
}
