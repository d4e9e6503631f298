import {portLayout} from '../plan/ports.js';
import {processNames} from '../plan/names.js';
import {runningNames} from '../process/process-record.js';
import {table} from '../progress.js';
import {endpointsOf} from '../system/endpoints.js';
import type {Layout} from '../plan/layout.js';
import type {Settings} from '../plan/settings.js';

/** Who watches, and where. */
export function observerRows(observers: Readonly<Record<string, string>>): [string, string][] {
  const shown: Readonly<Record<string, string>> = {zipkin: '/zipkin/ (traces)', alertmanager: '/ (alerts)'};
  return Object.entries(observers).map(([name, url]) => [name, `${url}${shown[name] ?? '/api/v1/ (metrics, rules)'}`]);
}

/** What runs and where it is reached, for people. */
export async function endpointTable(layout: Layout, settings: Settings): Promise<string> {
  const running = await runningNames(layout, processNames(settings.validators));
  const endpoints = await endpointsOf(layout, settings);
  const ports = portLayout(settings.portBase);
  const rows: [string, string][] = [
    ...Object.entries(endpoints.services),
    ...endpoints.validators.map((v, i): [string, string] => [`comet-${String(i)}`, `${v.rpc} (RPC)`]),
    ...endpoints.ipfsCluster.map((url, i): [string, string] => [`cluster-${String(i)}`, `${url} (REST)`]),
    ...endpoints.kubo.map((url, i): [string, string] => [
      `kubo-${String(i)}`,
      `${url} (gateway), ${endpoints.kuboApi[i] ?? ''} (API)`,
    ]),
    ['kafka', endpoints.kafka],
    ['postgres', endpoints.postgres],
    ['otel', `${endpoints.otlp} (OTLP/HTTP), 127.0.0.1:${String(ports.otel.grpc)} (OTLP/gRPC)`],
    ...observerRows(endpoints.observers),
  ];
  const shown = table(
    [{title: 'PROCESS'}, {title: 'WHERE'}],
    rows.filter(([name]) => running.has(name)),
  );
  return `${shown}\n\nchain ${settings.chainId}; all of it in ${layout.endpoints}; logs in ${layout.logs}`;
}
