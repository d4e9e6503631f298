import {REPLICATION} from '@vitalvault/engine-config';
import {join} from 'node:path';
import {IPFS_PEERS} from '../plan/ports.js';
import type {Layout} from '../plan/layout.js';
import type {ServiceName} from '../plan/names.js';
import type {PortLayout} from '../plan/ports.js';
import type {Settings} from '../plan/settings.js';

const local = (port: number) => `127.0.0.1:${String(port)}`;
const each = (n: number, url: (i: number) => string) => Array.from({length: n}, (_, i) => url(i)).join(',');

export function databaseUrl(port: number, database: string): string {
  return `postgres://vitalvault@${local(port)}/${database}`;
}

/** VITALVAULT_… variables of a service. The services are run by organisation 0, whose validator is validator 0. */
export function serviceEnvironment(
  name: ServiceName,
  context: {layout: Layout; ports: PortLayout; settings: Settings; organisation: string},
): Record<string, string> {
  const {layout, ports, settings, organisation} = context;
  const key = (role: string) => join(layout.organisation(0), `${role}.key.json`);
  const own: Record<ServiceName, Record<string, string | number>> = {
    ingest: {
      HTTP_PORT: ports.ingest.http,
      INGEST_KEY_FILE: key('ingest'),
      POLICY_GRPC: local(ports.policy.grpc),
      STORAGE_GRPC: local(ports.storage.grpc),
    },
    policy: {
      HTTP_PORT: ports.policy.http,
      GRPC_PORT: ports.policy.grpc,
      DATABASE_URL: databaseUrl(ports.postgres, 'vv_policy'),
      RELEASE_KEY_FILE: key('release'),
      POLICY_KEY_FILE: key('policy'),
      NOTIFY_GRPC: local(ports.notify.grpc),
    },
    storage: {
      HTTP_PORT: ports.storage.http,
      GRPC_PORT: ports.storage.grpc,
      DATABASE_URL: databaseUrl(ports.postgres, 'vv_storage'),
      STORAGE_KEY_FILE: key('storage'),
      POLICY_GRPC: local(ports.policy.grpc),
      IPFS_CLUSTER: each(IPFS_PEERS, (i) => `http://${local(ports.cluster(i).rest)}`),
      KUBO: each(IPFS_PEERS, (i) => `http://${local(ports.kubo(i).gateway)}`),
      REPLICATION_MIN: REPLICATION.min,
      REPLICATION_MAX: REPLICATION.max,
    },
    notify: {
      HTTP_PORT: ports.notify.http,
      GRPC_PORT: ports.notify.grpc,
      DATABASE_URL: databaseUrl(ports.postgres, 'vv_notify'),
    },
  };
  const common = {
    HOST: '127.0.0.1',
    MANAGEMENT_PORT: ports[name].management,
    CHAIN_ID: settings.chainId,
    GENESIS_FILE: layout.genesis,
    ORGANISATION: organisation,
    LEDGER_RPC: each(settings.validators, (i) => `http://${local(ports.validator(i).rpc)}`),
    KAFKA_BROKERS: local(ports.kafka.broker),
    OTLP_URL: `http://${local(ports.otel.http)}`,
    LOG_LEVEL: 'info',
  };
  const all: [string, string | number][] = Object.entries({...common, ...own[name]});
  return Object.fromEntries(all.map(([variable, value]) => [`VITALVAULT_${variable}`, String(value)]));
}
