import {existsSync} from 'node:fs';
import {broken} from './finding.js';
import type {Finding} from './finding.js';
import {lookAtAddress} from './look-at-connections.js';
import {lookAtAuthorities, lookAtKeyFile, lookAtSpace} from './look-at-machine.js';
import {lookAtReadiness} from './look-at-readiness.js';
import {lookAtValidators} from './look-at-validators.js';

/** Settings of a process of ours, by variable. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** Variables that name addresses, and what stands there. */
const ADDRESSES: Readonly<Record<string, string>> = {
  VITALVAULT_KAFKA_BROKERS: 'Kafka',
  VITALVAULT_DATABASE_URL: 'PostgreSQL',
  VITALVAULT_POLICY_GRPC: 'policy (gRPC)',
  VITALVAULT_STORAGE_GRPC: 'storage (gRPC)',
  VITALVAULT_NOTIFY_GRPC: 'notify (gRPC)',
  VITALVAULT_IPFS_CLUSTER: 'IPFS Cluster',
  VITALVAULT_KUBO: 'kubo',
  VITALVAULT_OTLP_URL: 'Collector',
};
const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  'postgres:': '5432',
  'postgresql:': '5432',
  'http:': '80',
  'https:': '443',
};

/** What a process of ours in this container is set to: addresses, files, room, and what it says of itself. */
export async function lookAtHere(settings: Settings): Promise<Finding[]> {
  const set = Object.entries(settings).filter(
    ([name, value]) => name.startsWith('VITALVAULT_') && value !== undefined && value !== '',
  );
  if (set.length === 0)
    return [
      broken(
        'settings',
        'no VITALVAULT_… variable is set here',
        'Run it in a container of VitalVault, or without --here.',
      ),
    ];
  const port = settings['VITALVAULT_MANAGEMENT_PORT'];
  const found = await Promise.all([
    ...(port === undefined ? [] : [lookAtReadiness('itself', `http://127.0.0.1:${port}`)]),
    ...set.flatMap(([name, value = '']) => lookAtSetting(name, value)),
    ...['/data', '/tmp'].filter(existsSync).map((folder) => lookAtSpace(`room in ${folder}`, folder)),
  ]);
  return found.flat();
}

function lookAtSetting(name: string, value: string): Promise<readonly Finding[]>[] {
  const part = ADDRESSES[name];
  if (part !== undefined) return value.split(',').map((one) => lookAtAddress(part, addressOf(one)));
  if (name === 'VITALVAULT_LEDGER_RPC')
    return [lookAtValidators(value.split(','), {chainId: undefined, nowMs: Date.now()})];
  if (name.endsWith('_CA_FILE')) return [lookAtAuthorities('certificates', value, Date.now())];
  return /_(KEY|PASSWORD)_FILE$/.test(name) ? [lookAtKeyFile('keys', value)] : [];
}

/** host:port of a URL, or of an address that is no URL. */
export function addressOf(text: string): string {
  if (!text.includes('://')) return text;
  const {protocol, hostname, port} = new URL(text);
  return `${hostname}:${port === '' ? (DEFAULT_PORTS[protocol] ?? '') : port}`;
}
