import {spawn} from 'node:child_process';
import {mkdirSync, rmSync} from 'node:fs';
import {setTimeout as pause} from 'node:timers/promises';
import pg from 'pg';
import {faketime, faketimeLibrary} from '../drill/faketime.js';
import type {Chance} from './chance.js';
import {SERVICES, isInstalled, ownData, victim} from './stage.js';
import type {Stage, Victim} from './stage.js';

/** What was done to a system: kind, to whom, and how many of them. */
export interface Done {
  readonly what: string;
  readonly count: number;
}

/** Does something bad, holds it, and puts it right again. */
export type Fault = (stage: Stage, chance: Chance) => Promise<Done>;

/** Seconds after which an engine that ends by a fault has ended. */
const STRACE_SECONDS = 4;
const TEN_MINUTES = 600;

const done = (names: readonly string[]): Done => ({what: names.join(', '), count: names.length});

/** One to four at once, of which one may be a validator, and one an IPFS peer: what the platform promises to bear. */
function victims(stage: Stage, chance: Chance): Victim[] {
  const others = [...SERVICES, 'kafka', 'postgres'].map(victim);
  return chance.some([...others, chance.of(stage.validators), chance.of(stage.peers)], chance.between(1, 4));
}

async function kill(stage: Stage, chance: Chance): Promise<Done> {
  const hit = victims(stage, chance);
  for (const one of hit) stage.kill(one);
  await pause(chance.between(100, 1_500));
  await stage.start(hit);
  return done(hit.map(({name}) => name));
}

/** Stands still, keeps its connections, and goes on as if nothing had been. */
async function freeze(stage: Stage, chance: Chance): Promise<Done> {
  const hit = victims(stage, chance);
  for (const one of hit) stage.signal(one, 'SIGSTOP');
  try {
    await pause(chance.between(1_000, 7_000));
  } finally {
    for (const one of hit) stage.signal(one, 'SIGCONT');
  }
  return done(hit.map(({name}) => name));
}

/** Each service in turn, as a new version is rolled out. */
async function rolling(stage: Stage, chance: Chance): Promise<Done> {
  const order = chance.some(SERVICES, SERVICES.length);
  for (const name of order) {
    await stage.service(name).stop();
    await stage.service(name).start();
  }
  return {what: order.join(', '), count: 1};
}

/** What becomes of a way: connections are reset, or nothing comes, or it comes late. */
const way =
  (hit: (link: Stage['ways'][number]['link'], chance: Chance) => void, most: number): Fault =>
  async (stage, chance) => {
    const ways = chance.some(stage.ways, chance.between(1, 4));
    for (const {link} of ways) hit(link, chance);
    try {
      await pause(chance.between(1_000, most));
    } finally {
      for (const {link} of ways) link.mend();
    }
    return done(ways.map(({name}) => name));
  };

/** A second replica of a service comes, works beside the first, and is killed. */
async function replica(stage: Stage, chance: Chance): Promise<Done> {
  const name = chance.of(SERVICES);
  const second = await stage.service(name).replica();
  await pause(chance.between(2_000, 6_000));
  second.kill();
  return done([name]);
}

async function inPostgres(stage: Stage, ...statements: string[]): Promise<void> {
  const client = new pg.Client({connectionString: stage.platform.endpoints.postgres});
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

async function readOnly(stage: Stage, chance: Chance): Promise<Done> {
  await inPostgres(stage, 'ALTER SYSTEM SET default_transaction_read_only = on', 'SELECT pg_reload_conf()');
  await pause(chance.between(2_000, 8_000));
  await inPostgres(stage, 'ALTER SYSTEM RESET default_transaction_read_only', 'SELECT pg_reload_conf()');
  return done(['postgres']);
}

/** Every connection to the database ends at once, as at a fail-over. */
async function disconnect(stage: Stage): Promise<Done> {
  await inPostgres(stage, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
  return done(['postgres']);
}

/** The disk says no when it is asked to make sure: who goes on after that has lost something, and may not know. */
async function failingFsync(stage: Stage, chance: Chance): Promise<Done> {
  const hit = chance.of([victim('postgres'), victim('kafka'), chance.of(stage.validators)]);
  const attached = stage.pids(hit).flatMap((pid) => ['-p', String(pid)]);
  const calls = 'fsync,fdatasync,sync_file_range,msync';
  const strace = spawn('strace', ['-f', '-qq', '-o', '/dev/null', '-e', `inject=${calls}:error=EIO`, ...attached], {
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => strace.once('close', resolve));
  await pause(STRACE_SECONDS * 1_000);
  strace.kill('SIGINT');
  await ended;
  // Whoever does not trust its disk any more has ended, or has to: what it holds in memory may never have been written.
  stage.kill(hit);
  await stage.start([hit]);
  return done([hit.name]);
}

async function wrongClock(stage: Stage, chance: Chance): Promise<Done> {
  const folder = ownData(stage, 'faketime');
  mkdirSync(folder, {recursive: true});
  const [name, seconds] = [chance.of(SERVICES), chance.of([-TEN_MINUTES, TEN_MINUTES])];
  const env = faketime(await faketimeLibrary(folder), seconds);
  await stage.service(name).stop();
  await stage.service(name).start({env});
  await pause(chance.between(4_000, 10_000));
  await stage.service(name).stop();
  await stage.service(name).start();
  return {what: `${name} ${seconds} s`, count: 1};
}

async function hangingWebhook(stage: Stage, chance: Chance): Promise<Done> {
  stage.webhook.hangs = true;
  await pause(chance.between(3_000, 8_000));
  stage.webhook.mend();
  return done(['webhook']);
}

/** A peer comes back with nothing of what it kept; its replicas lie on the others. */
async function lostVolume(stage: Stage, chance: Chance): Promise<Done> {
  const peer = chance.of(stage.peers);
  stage.kill(peer);
  await pause(500);
  rmSync(ownData(stage, 'ipfs', peer.name.slice('ipfs-'.length), 'kubo'), {recursive: true, force: true});
  await stage.start([peer]);
  return done([peer.name]);
}

/** storage's database as it was some seconds ago: what it had taken since is taken again. */
async function olderStore(stage: Stage, chance: Chance): Promise<Done> {
  const storage = stage.service('storage');
  await storage.stop();
  await inPostgres(stage, 'DROP DATABASE IF EXISTS vv_older', 'CREATE DATABASE vv_older TEMPLATE vv_storage');
  await storage.start();
  await pause(chance.between(3_000, 10_000));
  await storage.stop();
  await inPostgres(stage, 'DROP DATABASE vv_storage WITH (FORCE)', 'ALTER DATABASE vv_older RENAME TO vv_storage');
  await storage.start();
  return done(['storage']);
}

export interface Kind {
  readonly play: Fault;
  /** How often it is drawn, beside the others. */
  readonly weight: number;
  /** Of one run; more would be another promise. */
  readonly most?: number;
  /** Not for `make test`, which has a minute. */
  readonly slow?: boolean;
  /** Whether this machine can do it. */
  readonly possible?: (path: string) => boolean;
}

/** Every kind by its name; a kill is counted for itself. */
export const FAULTS: Readonly<Record<string, Kind>> = {
  kill: {play: kill, weight: 10},
  pause: {play: freeze, weight: 3},
  'rolling restart': {play: rolling, weight: 1, slow: true},
  'cut way': {play: way((link) => link.cut(), 5_000), weight: 2},
  'hanging way': {play: way((link) => link.hold(), 6_000), weight: 2},
  'slow way': {play: way((link, chance) => link.slow(chance.between(50, 400)), 8_000), weight: 2},
  'second replica': {play: replica, weight: 1},
  'read-only database': {play: readOnly, weight: 1},
  'database connections lost': {play: disconnect, weight: 1},
  'failing fsync': {play: failingFsync, weight: 1, slow: true, possible: (path) => isInstalled('strace', path)},
  'wrong clock': {play: wrongClock, weight: 1, slow: true},
  'hanging webhook': {play: hangingWebhook, weight: 1},
  'IPFS volume lost': {play: lostVolume, weight: 1, most: 1, slow: true},
  'storage restored': {play: olderStore, weight: 1, most: 2, slow: true},
};
