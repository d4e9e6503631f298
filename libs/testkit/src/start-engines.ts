import {spawnSync} from 'node:child_process';
import {mkdtemp, readFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {reservePorts} from './reserved-ports.js';
import type {ReservedPorts} from './reserved-ports.js';
import {runProcess} from './run-process.js';

/** What `$DATA/endpoints.json` says; addresses of everything, whether it runs or not. */
export interface Endpoints {
  readonly chainId: string;
  readonly genesis: string;
  readonly services: Readonly<Record<string, string>>;
  /** Where services and ledger tell of their health and what they measured, by process. */
  readonly management: Readonly<Record<string, string>>;
  /** Where each of them is scraped. */
  readonly metrics: Readonly<Record<string, string>>;
  /** Where CometBFT, IPFS Cluster and kubo are, by process. */
  readonly engineMetrics: Readonly<Record<string, string>>;
  readonly validators: readonly {readonly rpc: string; readonly home: string}[];
  readonly ipfsCluster: readonly string[];
  readonly kubo: readonly string[];
  readonly kafka: string;
  readonly postgres: string;
  readonly otlp: string;
  readonly traces?: string;
  /** Prometheus, Alertmanager and Zipkin, where `up` was asked for them. */
  readonly observers?: Readonly<Record<string, string>>;
  readonly organisations: readonly {readonly id: string; readonly name: string; readonly keys: string}[];
  readonly processes: Readonly<Record<string, {readonly pid: number; readonly log: string}>>;
}

export interface Engines {
  readonly endpoints: Endpoints;
  readonly data: string;
  /** One of the launcher's commands for a process: `kill` (SIGKILL), `stop`, `start` (waits until ready). */
  control(command: 'kill' | 'stop' | 'start' | 'restart', name: string): Promise<void>;
  /** URL of one of the services' databases. */
  databaseUrl(name: string): string;
  /** Stops everything and deletes the directory. */
  stop(): Promise<void>;
}

const ROOT = join(import.meta.dirname, '..', '..', '..');
const LAUNCHER = join(ROOT, 'apps', 'launcher', 'dist', 'main.js');
const ATTEMPTS = 4;

const launch = (args: readonly string[], env?: Readonly<Record<string, string>>): ReturnType<typeof runProcess> =>
  runProcess(
    {command: process.execPath, args: [LAUNCHER, ...args], cwd: ROOT, ...(env === undefined ? {} : {env})},
    170_000,
  );

/**
 * Starts real engines through the launcher, in a fresh directory on ports of their own.
 * @param options.only names and groups as `launcher up --only` takes them: kafka, postgres, ipfs, validators, services,
 *   …
 * @param options.ipfsVolumeBytes what all IPFS peers may take together; default: the disk
 */
export async function startEngines(options: {
  only: readonly string[];
  validators?: number;
  ipfsVolumeBytes?: number;
}): Promise<Engines> {
  let failure = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const data = await mkdtemp(join(tmpdir(), 'vv-'));
    const ports = await reservePorts();
    const validators = options.validators === undefined ? [] : ['--validators', String(options.validators)];
    const env =
      options.ipfsVolumeBytes === undefined
        ? undefined
        : ({...process.env, VITALVAULT_IPFS_VOLUME_BYTES: String(options.ipfsVolumeBytes)} as Record<string, string>);
    const outcome = await launch(
      ['up', '--data', data, '--port-base', String(ports.base), '--only', options.only.join(','), ...validators],
      env,
    );
    if (outcome.code === 0) return running(data, ports);
    failure = `${outcome.stdout}\n${outcome.stderr}`;
    await launch(['clean', '--data', data]);
    await ports.release();
  }
  throw new Error(`the engines did not start:\n${failure}`);
}

async function running(data: string, ports: ReservedPorts): Promise<Engines> {
  const endpoints = JSON.parse(await readFile(join(data, 'endpoints.json'), 'utf8')) as Endpoints;
  // A test run that is broken off leaves nothing behind.
  const lastResort = (): void => {
    spawnSync(process.execPath, [LAUNCHER, 'clean', '--data', data]);
  };
  process.once('exit', lastResort);
  return {
    endpoints,
    data,
    databaseUrl: (name) => new URL(`/${name}`, endpoints.postgres).href,
    control: async (command, name) => {
      const outcome = await launch([command, name, '--data', data]);
      if (outcome.code !== 0) throw new Error(`${command} ${name}: ${outcome.stdout}\n${outcome.stderr}`);
    },
    stop: async () => {
      process.removeListener('exit', lastResort);
      const outcome = await launch(['clean', '--data', data]);
      await ports.release();
      if (outcome.code !== 0) throw new Error(`the engines did not stop: ${outcome.stderr}`);
    },
  };
}
