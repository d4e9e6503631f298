import {eventually} from '@vitalvault/testkit';
import {spawn, spawnSync} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {closeSync, openSync, readdirSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import pg from 'pg';
import {Link} from '../drill/link.js';
import type {Platform} from '../e2e/platform/platform.js';
import type {EngineProcesses} from './engine-processes.js';
import {startedAs} from './started.js';
import type {Started} from './started.js';

const PATIENCE_MS = 60_000;
/** A commit may be on its way to the standby when it ceases to hear. */
const UNDER_WAY_MS = 1_000;
const SETTINGS = {wal_level: 'replica', max_wal_senders: '4', hot_standby: 'on', wal_keep_size: '512MB'};

/**
 * The launcher's PostgreSQL, run here with a standby for as long as a fail-over takes. There is no pg_basebackup in the
 * npm package: its files are copied in a backup that the server knows of.
 */
export class ReplicatedPostgres {
  #primary: ChildProcess;
  #standby: ChildProcess | undefined;
  /** By which the standby hears. */
  #link: Link | undefined;

  private constructor(
    private readonly engines: EngineProcesses,
    private readonly server: Server,
  ) {
    this.#primary = server.run(server.data, server.port);
  }

  /** Stops the launcher's server, runs it with the same data, and returns when a standby follows it. */
  static async takeOver(
    engines: EngineProcesses,
    platform: Platform,
    kind: 'synchronous' | 'asynchronous',
  ): Promise<ReplicatedPostgres> {
    const server = new Server(platform, startedAs(platform, 'postgres'));
    await engines.stop(['postgres']);
    const replicated = new ReplicatedPostgres(engines, server);
    try {
      await replicated.#follow(kind);
      return replicated;
    } catch (error) {
      await replicated.giveBack();
      throw error;
    }
  }

  /**
   * Ends the server without a word, and has the standby be the server.
   * @param deafMs for so long before it heard nothing
   * @returns between when and when what was committed may be lost, Unix milliseconds
   */
  async failOver(deafMs: number): Promise<{since: number; to: number}> {
    const since = Date.now() - UNDER_WAY_MS;
    if (deafMs > 0) this.#link?.cut();
    await pause(deafMs);
    await end(this.#primary, 'SIGKILL');
    const to = Date.now();
    await this.server.ask(this.server.standbyPort, 'SELECT pg_promote(true, 60)');
    await end(this.#standby, 'SIGINT');
    this.#standby = undefined;
    rmSync(this.server.data, {recursive: true});
    renameSync(this.server.copy, this.server.data);
    return {since, to};
  }

  /** The launcher's again, with the data of whoever is the server now. */
  async giveBack(): Promise<void> {
    for (const one of [this.#standby, this.#primary]) await end(one, 'SIGINT');
    this.#link?.close();
    rmSync(this.server.copy, {recursive: true, force: true});
    await this.engines.start(['postgres']);
  }

  async #follow(kind: 'synchronous' | 'asynchronous'): Promise<void> {
    const {server} = this;
    await eventually(() => server.ask(server.port, 'SELECT 1'), PATIENCE_MS, 100);
    await server.backUp();
    this.#link = await Link.open();
    this.#link.leadTo(server.port);
    server.standbyPort = await freePort();
    const heard = `host=127.0.0.1 port=${this.#link.port} user=vitalvault application_name=standby`;
    this.#standby = server.run(server.copy, server.standbyPort, {primary_conninfo: heard});
    if (kind === 'synchronous')
      await server.ask(server.port, "ALTER SYSTEM SET synchronous_standby_names = '*'", 'SELECT pg_reload_conf()');
    const follows = kind === 'synchronous' ? "sync_state = 'sync'" : "state = 'streaming'";
    await eventually(
      async () => {
        const found = await server.ask(server.port, `SELECT FROM pg_stat_replication WHERE ${follows}`);
        if (found === 0) throw new Error(`the standby is not yet ${kind}`);
      },
      PATIENCE_MS,
      100,
    );
  }
}

/** How the launcher runs it. */
class Server {
  readonly data: string;
  readonly copy: string;
  readonly port: number;
  standbyPort = 0;

  constructor(
    private readonly platform: Platform,
    private readonly started: Started,
  ) {
    this.data = started.command[started.command.indexOf('-D') + 1] ?? '';
    this.copy = `${this.data}.standby`;
    this.port = Number(new URL(platform.endpoints.postgres).port);
  }

  run(data: string, port: number, more: Readonly<Record<string, string>> = {}): ChildProcess {
    const {command, cwd, env} = this.started;
    const [program = '', ...args] = command.map((part) => (part === this.data ? data : part));
    // The last one counts.
    const settings = Object.entries({...SETTINGS, port: String(port), ...more});
    const {uid, gid} = statSync(this.data);
    const log = openSync(join(this.platform.data, 'log/postgres.log'), 'a');
    const child = spawn(program, [...args, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])], {
      ...{cwd, env, uid, gid, detached: true},
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    return child;
  }

  /** @returns rows of the last statement */
  async ask(port: number, ...statements: string[]): Promise<number> {
    return this.#connected(port, async (client) => {
      let rows = 0;
      for (const statement of statements) rows = (await client.query(statement)).rowCount ?? 0;
      return rows;
    });
  }

  /** Copies the files while the server works. @spec PostgreSQL, "Making a Base Backup Using the Low Level API" */
  async backUp(): Promise<void> {
    await this.#connected(this.port, async (client) => {
      rmSync(this.copy, {recursive: true, force: true});
      await client.query("SELECT pg_backup_start('chaos', true)");
      // 1: a file went while it was copied, which recovery makes good.
      const {status, stderr} = spawnSync('cp', ['-a', this.data, this.copy], {encoding: 'utf8'});
      if (status !== 0 && status !== 1) throw new Error(`copying ${this.data}: ${stderr}`);
      const {rows} = await client.query<{labelfile: string}>('SELECT labelfile FROM pg_backup_stop(false)');
      for (const name of readdirSync(join(this.copy, 'pg_wal')))
        if (/^[0-9A-F]{24}/.test(name)) rmSync(join(this.copy, 'pg_wal', name));
      for (const name of ['postmaster.pid', 'postmaster.opts']) rmSync(join(this.copy, name), {force: true});
      writeFileSync(join(this.copy, 'backup_label'), rows[0]?.labelfile ?? '');
      writeFileSync(join(this.copy, 'standby.signal'), '');
      const {uid, gid} = statSync(this.data);
      spawnSync('chown', ['-R', `${uid}:${gid}`, this.copy]);
    });
  }

  async #connected<T>(port: number, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const address = new URL(this.platform.endpoints.postgres);
    address.port = String(port);
    const client = new pg.Client({connectionString: address.href});
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
}

/** With what it started: PostgreSQL's own processes would hold the port a little longer. */
async function end(child: ChildProcess | undefined, signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  process.kill(signal === 'SIGKILL' ? -child.pid : child.pid, signal);
  await gone;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
