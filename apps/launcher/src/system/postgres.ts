import {realpath, rename, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {Client} from 'pg';
import {inheritedEnvironment} from '../config.js';
import {databaseUrl} from '../configuration/service-environment.js';
import {runTool} from '../engines/run-tool.js';
import {setTimeout as sleep} from 'node:timers/promises';
import {exists} from '../process/files.js';
import {isWorkedIn} from '../process/proc.js';
import {DEFAULTS} from '../process/process-spec.js';
import type {ProcessSpec} from '../process/process-spec.js';
import type {SystemContext} from './context.js';
import type {PostgresHome} from './postgres-home.js';

export const DATABASES = ['vv_policy', 'vv_storage', 'vv_notify'] as const;

/** One server for the databases of all services; only TCP on loopback, every local user is trusted. */
export function postgresSpec(context: SystemContext, home: PostgresHome): ProcessSpec {
  const data = join(home.directory, 'data');
  const env = {...inheritedEnvironment(), HOME: home.directory, TMPDIR: home.directory, LC_ALL: 'C'};
  const port = context.ports.postgres;
  const options = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    shared_buffers: '32MB',
    max_connections: 80,
    jit: 'off',
    wal_level: 'minimal',
    max_wal_senders: 0,
    max_wal_size: '256MB',
    min_wal_size: '32MB',
    autovacuum_max_workers: 1,
    max_worker_processes: 2,
    io_method: 'sync',
  };
  return {
    ...DEFAULTS,
    name: 'postgres',
    command: join(home.bin, 'postgres'),
    args: ['-D', data, ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${String(value)}`])],
    env,
    cwd: home.directory,
    ports: [port],
    runAs: home.runAs,
    prepare: async () => {
      if (await exists(join(data, 'PG_VERSION'))) {
        await removeStaleLock(data);
        return;
      }
      const fresh = `${data}.new`;
      await rm(fresh, {recursive: true, force: true});
      const args = [
        '-D',
        fresh,
        '-U',
        'vitalvault',
        '--auth=trust',
        '--encoding=UTF8',
        '--locale=C',
        '--no-sync',
        '--no-instructions',
      ];
      await runTool('initialising PostgreSQL', {
        command: join(home.bin, 'initdb'),
        args,
        cwd: home.directory,
        env,
        runAs: home.runAs,
      });
      await rename(fresh, data);
    },
    ready: () => withClient(port, () => Promise.resolve(true)),
    settle: () => withClient(port, createDatabases),
  };
}

/**
 * After SIGKILL the old server's pid may belong to a zombie that nobody has reaped yet, or to a stranger; PostgreSQL
 * then takes the server for alive. It is gone when no process works in its directory any more, the old server's
 * children included, which end on their own.
 */
async function removeStaleLock(data: string): Promise<void> {
  const lock = join(data, 'postmaster.pid');
  const real = await realpath(data);
  for (let tries = 0; tries < 100 && (await exists(lock)); tries++) {
    if (!(await isWorkedIn(real))) await rm(lock, {force: true});
    else await sleep(100);
  }
}

async function createDatabases(client: Client): Promise<void> {
  const {rows} = await client.query<{datname: string}>('SELECT datname FROM pg_database');
  const there = new Set(rows.map((row) => row.datname));
  for (const name of DATABASES) if (!there.has(name)) await client.query(`CREATE DATABASE ${name}`);
}

async function withClient<T>(port: number, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({connectionString: databaseUrl(port, 'postgres'), connectionTimeoutMillis: 2_000});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
