import pg from 'pg';
import type {Chance} from '../chance.js';
import {ReplicatedPostgres} from '../replicated-postgres.js';
import {STORES} from '../stage.js';
import type {Stage} from '../stage.js';
import {done, hold} from './fault.js';
import type {Done, Fault} from './fault.js';

async function inPostgres(stage: Stage, ...statements: string[]): Promise<void> {
  const client = new pg.Client({connectionString: stage.platform.endpoints.postgres});
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

export async function readOnly(stage: Stage, chance: Chance): Promise<Done> {
  await inPostgres(stage, 'ALTER SYSTEM SET default_transaction_read_only = on', 'SELECT pg_reload_conf()');
  const kills = await hold(stage, chance, [2_000, 8_000]);
  await inPostgres(stage, 'ALTER SYSTEM RESET default_transaction_read_only', 'SELECT pg_reload_conf()');
  return done(['postgres'], kills);
}

/** Every connection to the database ends at once. */
export async function disconnect(stage: Stage): Promise<Done> {
  await inPostgres(stage, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
  return done(['postgres']);
}

/** A service's database as it was some seconds ago: what it had taken since is taken again. */
export async function olderStore(stage: Stage, chance: Chance): Promise<Done> {
  const name = chance.of(STORES);
  const service = stage.service(name);
  await service.stop();
  const since = Date.now();
  await inPostgres(stage, 'DROP DATABASE IF EXISTS vv_older', `CREATE DATABASE vv_older TEMPLATE vv_${name}`);
  await service.start();
  const kills = await hold(stage, chance, [3_000, 10_000]);
  await service.stop();
  await inPostgres(stage, `DROP DATABASE vv_${name} WITH (FORCE)`, `ALTER DATABASE vv_older RENAME TO vv_${name}`);
  stage.wentBack([name], since, Date.now());
  await service.start();
  return done([name], kills);
}

/**
 * The server is lost with its disk, and its standby takes its place. One that every commit waited for has all; another
 * has not what was written since it heard nothing: services take again what is elsewhere, and what only the database
 * had is told to the checker.
 */
export const failOver =
  (kind: 'synchronous' | 'asynchronous'): Fault =>
  async (stage, chance) => {
    const server = await ReplicatedPostgres.takeOver(stage.engines, stage.platform, kind);
    try {
      const kills = await hold(stage, chance, [3_000, 8_000]);
      const deafMs = kind === 'asynchronous' ? chance.between(500, 3_000) : 0;
      const {since, to} = await server.failOver(deafMs);
      if (kind === 'asynchronous') stage.wentBack(STORES, since, to);
      return done(['postgres'], kills);
    } finally {
      await server.giveBack();
    }
  };
