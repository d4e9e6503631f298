import {appendFileSync, mkdirSync, readdirSync, rmSync} from 'node:fs';
import {createServer} from 'node:http';
import type {Server, ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {delimiter, join} from 'node:path';
import {inDatabase} from '../e2e/platform/platform.js';
import type {Platform} from '../e2e/platform/platform.js';
import {seededTree} from './defects/seeded-tree.js';
import {EngineProcesses, send} from './engine-processes.js';
import {HostedService, REPLICA_OFFSET} from './hosted-service.js';
import type {Way} from './hosted-service.js';
import {LATER_VERSION} from './later-version.js';
import type {Load} from './load.js';

export const SERVICES = ['policy', 'notify', 'storage', 'ingest'] as const;
export type ServiceName = (typeof SERVICES)[number];
/** Services that have a database. */
export const STORES = ['policy', 'notify', 'storage'] as const;
export type StoreName = (typeof STORES)[number];

/** Somebody whom a fault may hit, with the launcher's names for its parts. */
export interface Victim {
  readonly name: string;
  readonly parts: readonly string[];
}

const numbered = (kind: string, i: number, parts: readonly string[]): Victim => ({
  name: `${kind}-${i}`,
  parts: parts.map((part) => `${part}-${i}`),
});

/** A running system with its services taken over, and the clients that load it. */
export class Stage {
  readonly engines: EngineProcesses;
  /** Faults come on top of each other: services are killed beside others, and again when they have just come back. */
  restless = true;
  #laterTree: string | undefined;

  private constructor(
    readonly platform: Platform,
    readonly services: ReadonlyMap<string, HostedService>,
    readonly loads: readonly Load[],
    readonly webhook: HangingWebhook,
  ) {
    this.engines = new EngineProcesses(platform);
  }

  /** @param open enrols the clients, when the services run again */
  static async set(platform: Platform, open: () => Promise<Load[]>): Promise<Stage> {
    const services = new Map<string, HostedService>();
    const webhook = await HangingWebhook.open();
    try {
      for (const name of SERVICES) services.set(name, await HostedService.adopt(platform, name));
      await Promise.all([...services.values()].map((service) => service.start()));
      const loads = await open();
      for (const load of loads) await load.deliverTo(webhook.url);
      return new Stage(platform, services, loads, webhook);
    } catch (error) {
      webhook.close();
      for (const service of services.values()) await service.giveBack();
      throw error;
    }
  }

  service(name: string): HostedService {
    const service = this.services.get(name);
    if (service === undefined) throw new RangeError(`no service ${name}`);
    return service;
  }

  get ways(): readonly Way[] {
    return [...this.services.values()].flatMap(({ways}) => ways);
  }

  /** Validators, of which one at a time may be away: the others go on. */
  get validators(): Victim[] {
    return this.platform.endpoints.validators.map((_, i) => numbered('validator', i, ['abci', 'comet']));
  }

  /** Peers of which the replicas of a record lie on two at the least. */
  get peers(): Victim[] {
    return this.platform.endpoints.ipfsCluster.map((_, i) => numbered('ipfs', i, ['kubo', 'cluster']));
  }

  pids({name, parts}: Victim): number[] {
    return this.services.get(name)?.pids ?? this.engines.pids(parts);
  }

  kill({name, parts}: Victim): void {
    const service = this.services.get(name);
    if (service === undefined) this.engines.kill(parts);
    else service.kill();
  }

  /** Starts again what is not there. */
  async start(victims: readonly Victim[]): Promise<void> {
    const engines = victims.filter(({name}) => !this.services.has(name)).flatMap(({parts}) => parts);
    await Promise.all([
      engines.length > 0 ? this.engines.start(engines) : undefined,
      ...victims.map(({name}) => this.services.get(name)?.start()),
    ]);
  }

  /** Every service answers. */
  async answers(): Promise<void> {
    await Promise.all([...this.services.values()].map((service) => service.start()));
  }

  /** Whoever calls the service is led to its first replica, or to its second. */
  lead(name: ServiceName, to: 'first' | 'second'): void {
    const {ports} = this.service(name);
    for (const {link, port} of this.ways)
      if (ports.includes(port)) link.leadTo(port + (to === 'first' ? 0 : REPLICA_OFFSET));
  }

  /** A built tree of a later version of all services, which is there as long as this stage. */
  async laterTree(): Promise<string> {
    return (this.#laterTree ??= await seededTree(LATER_VERSION));
  }

  /** Of the newest block that a validator has. */
  async height(): Promise<number> {
    const {rpc} = this.platform.endpoints.validators[0] ?? {};
    const status = (await (await fetch(`${rpc}/status`)).json()) as {
      result: {sync_info: {latest_block_height: string}};
    };
    return Number(status.result.sync_info.latest_block_height);
  }

  /** Of the newest block whose effect policy has. */
  projectedHeight(): Promise<number> {
    return this.#number('policy', 'SELECT max(height)::int AS number FROM blocks');
  }

  /** Messages that wait in the databases for Kafka. */
  async outbox(): Promise<number> {
    const waiting = STORES.map((store) => this.#number(store, 'SELECT count(*)::int AS number FROM outbox'));
    return (await Promise.all(waiting)).reduce((sum, count) => sum + count, 0);
  }

  #number(store: StoreName, query: string): Promise<number> {
    return inDatabase(this.platform, store, async (client) => {
      const {rows} = await client.query<{number: number}>(query);
      return rows[0]?.number ?? 0;
    });
  }

  /**
   * Tells the checker that these databases have lost what was written between two times, Unix milliseconds.
   * @spec test/checker/README.md
   */
  wentBack(stores: readonly StoreName[], since: number, to: number): void {
    mkdirSync(ownData(this, 'kept'), {recursive: true});
    for (const store of stores)
      appendFileSync(ownData(this, 'kept', 'stage.jsonl'), `${JSON.stringify({what: 'back', store, since, to})}\n`);
  }

  signal(victim: Victim, signal: NodeJS.Signals): void {
    for (const pid of this.pids(victim)) send(pid, signal);
  }

  async giveBack(): Promise<void> {
    this.webhook.close();
    for (const service of this.services.values()) await service.giveBack();
    if (this.#laterTree !== undefined) rmSync(this.#laterTree, {recursive: true, force: true});
  }
}

export const victim = (name: string): Victim => ({name, parts: [name]});

/** Takes what is delivered; or, while it hangs, takes it and never answers. */
export class HangingWebhook {
  hangs = false;
  taken = 0;
  readonly #waiting = new Set<ServerResponse>();

  private constructor(private readonly server: Server) {
    server.on('request', (request, response: ServerResponse) => {
      this.taken += 1;
      request.resume();
      if (this.hangs) this.#waiting.add(response);
      else response.end();
    });
  }

  static async open(): Promise<HangingWebhook> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new HangingWebhook(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/alerts`;
  }

  mend(): void {
    this.hangs = false;
    for (const response of this.#waiting) response.end();
    this.#waiting.clear();
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** Whether a program is on the path. */
export const isInstalled = (program: string, path: string): boolean =>
  path.split(delimiter).some((folder) => {
    try {
      return readdirSync(folder).includes(program);
    } catch {
      return false;
    }
  });

export const ownData = ({platform}: Stage, ...path: string[]): string => join(platform.data, ...path);
