import {eventually} from '@vitalvault/testkit';
import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {closeSync, openSync} from 'node:fs';
import {join, relative} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {Link} from '../drill/link.js';
import type {Platform} from '../e2e/platform/platform.js';
import {startedAs} from './started.js';

/** What one start has otherwise than the launcher's. */
export interface Change {
  readonly env?: Readonly<Record<string, string>>;
}

/** A way from a service to one whom it calls. */
export interface Way {
  readonly name: string;
  readonly link: Link;
  /** Where it leads, as the launcher has it. */
  readonly port: number;
}

/**
 * Variables that name somebody whom a service calls. Kafka is not among them: a client goes where the broker says that
 * it is.
 */
const CALLED = ['DATABASE_URL', 'LEDGER_RPC', 'POLICY_GRPC', 'STORAGE_GRPC', 'NOTIFY_GRPC', 'IPFS_CLUSTER', 'KUBO'];
/** Of a machine that is busy with other things too. */
const START_MS = 300_000;
const AGAIN_MS = 1_000;
const STOP_MS = 30_000;

/**
 * A service of a running system that is taken over from the launcher, in everything as that one started it, and from
 * then on started, killed and stopped here: behind proxies, or with other variables. One that ends by itself is started
 * again, as Kubernetes does.
 */
export class HostedService {
  readonly ways: readonly Way[];
  #child: ChildProcess | undefined;
  /** When the last one has ended. */
  #gone: Promise<unknown> = Promise.resolve();
  #change: Change = {};
  #wanted = false;
  /** Root of another built tree, whose program is run. */
  #tree: string | undefined;
  /** Whoever was told to end or to start since has another one. */
  #turn = 0;
  /** Whose replica it is. */
  #first: HostedService | undefined;
  /** How often it ended without being told to, or a replica of it. */
  endedItself = 0;

  private constructor(
    private readonly platform: Platform,
    readonly name: string,
    private readonly command: readonly string[],
    private readonly place: {readonly cwd: string; readonly env: Readonly<Record<string, string>>; ways: Way[]},
  ) {
    this.ways = place.ways;
  }

  /** Stops what the launcher started; `start` is the caller's. */
  static async adopt(platform: Platform, name: string): Promise<HostedService> {
    const {command, cwd, env} = startedAs(platform, name);
    await platform.control('stop', name);
    return new HostedService(platform, name, command, {cwd, ...(await throughLinks(name, env))});
  }

  /** A replica of one that stays the launcher's, not begun yet. */
  static beside(platform: Platform, name: string): HostedService {
    const {command, cwd, env} = startedAs(platform, name);
    return new HostedService(platform, name, command, {cwd, env: atOwnPorts(env), ways: []});
  }

  get pids(): number[] {
    const pid = this.#child?.pid;
    const runs = this.#child?.exitCode === null && this.#child.signalCode === null;
    return runs && pid !== undefined ? [pid] : [];
  }

  /** Starts it, unless it runs or is about to, and returns when it answers. */
  async start(change: Change = {}): Promise<void> {
    await this.begin(change);
    await this.#answers();
  }

  /** Starts it, unless it runs or is about to. */
  async begin(change: Change = {}): Promise<void> {
    if (this.#wanted) return;
    this.#wanted = true;
    const turn = ++this.#turn;
    await this.#gone;
    if (turn !== this.#turn) return;
    this.#change = change;
    this.#spawn();
  }

  /** From its next start on, the program of that built tree is run. */
  belongTo(tree: string): void {
    if (!this.command.some((part) => this.#isOwnProgram(part))) throw new Error(`${this.name} is no program of a tree`);
    this.#tree = tree;
  }

  /** @returns whether there was one to kill */
  kill(): boolean {
    const ran = this.pids.length > 0;
    this.#endsNow();
    this.#child?.kill('SIGKILL');
    return ran;
  }

  async stop(): Promise<void> {
    this.#endsNow();
    const child = this.#child;
    child?.kill('SIGTERM');
    const late = setTimeout(() => child?.kill('SIGKILL'), STOP_MS);
    await this.#gone;
    clearTimeout(late);
  }

  /** A second one beside it, at ports of its own; of the same name to Kafka, as a replica is. */
  async replica(): Promise<HostedService> {
    const place = {cwd: this.place.cwd, env: atOwnPorts(this.place.env), ways: []};
    const second = new HostedService(this.platform, this.name, this.command, place);
    second.#tree = this.#tree;
    second.#first = this;
    await second.start();
    return second;
  }

  /** The launcher's again. */
  async giveBack(): Promise<void> {
    await this.stop();
    for (const {link} of this.ways) link.close();
    await this.platform.control('start', this.name);
  }

  /** Ports at which others call it. */
  get ports(): number[] {
    return ['HTTP_PORT', 'GRPC_PORT'].flatMap((port) => Number(this.place.env[`VITALVAULT_${port}`] ?? '') || []);
  }

  /** Its /readyz, whatever it says. */
  async readyz(): Promise<string> {
    const port = this.place.env['VITALVAULT_MANAGEMENT_PORT'] ?? '';
    return (await fetch(`http://127.0.0.1:${port}/readyz`, {signal: AbortSignal.timeout(5_000)})).text();
  }

  #isOwnProgram(part: string): boolean {
    return part.startsWith(`${this.place.cwd}/apps/`);
  }

  #endsNow(): void {
    this.#wanted = false;
    this.#turn += 1;
  }

  #answers(): Promise<string> {
    return eventually(() => this.readyz(), START_MS, 200);
  }

  #spawn(): void {
    const turn = this.#turn;
    const {cwd, env} = this.place;
    const tree = this.#tree;
    const [program = '', ...args] = this.command.map((part) =>
      tree !== undefined && this.#isOwnProgram(part) ? join(tree, relative(cwd, part)) : part,
    );
    const log = openSync(join(this.platform.data, `log/${this.name}.log`), 'a');
    const child = spawn(program, args, {cwd, env: {...env, ...this.#change.env}, stdio: ['ignore', log, log]});
    closeSync(log);
    this.#gone = new Promise((resolve) => child.once('exit', resolve));
    child.once('exit', () => {
      if (turn !== this.#turn) return;
      (this.#first ?? this).endedItself += 1;
      void pause(AGAIN_MS).then(() => {
        if (turn === this.#turn) this.#spawn();
      });
    });
    this.#child = child;
  }
}

/** Between the ports of a service and of its replica. */
export const REPLICA_OFFSET = 20;

function atOwnPorts(env: Readonly<Record<string, string>>): Record<string, string> {
  const changed = {...env};
  for (const port of ['HTTP_PORT', 'GRPC_PORT', 'MANAGEMENT_PORT']) {
    const own = env[`VITALVAULT_${port}`];
    if (own !== undefined) changed[`VITALVAULT_${port}`] = String(Number(own) + REPLICA_OFFSET);
  }
  return changed;
}

/** The environment with a proxy before each whom it calls, and these. */
async function throughLinks(
  service: string,
  env: Readonly<Record<string, string>>,
): Promise<{env: Record<string, string>; ways: Way[]}> {
  // Webhooks of a test go to this machine.
  const own: Record<string, string> = service === 'notify' ? {VITALVAULT_WEBHOOK_ALLOW_LOOPBACK: 'true'} : {};
  const [changed, ways]: [Record<string, string>, Way[]] = [{...env, ...own}, []];
  for (const variable of CALLED.map((name) => `VITALVAULT_${name}`)) {
    let value = env[variable];
    if (value === undefined) continue;
    for (const [i, [whole, port]] of [...value.matchAll(/127\.0\.0\.1:(\d+)/g)].entries()) {
      const link = await Link.open();
      link.leadTo(Number(port));
      value = value.replace(whole, `127.0.0.1:${link.port}`);
      ways.push({name: `${service} to ${variable.slice('VITALVAULT_'.length)} ${i}`, link, port: Number(port)});
    }
    changed[variable] = value;
  }
  return {env: changed, ways};
}
