import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {createWriteStream} from 'node:fs';
import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';

export interface CometNodeOptions {
  /** Path of the cometbft program, 0.38. */
  readonly binary: string;
  readonly home: string;
  readonly socketPath: string;
  /** Between blocks with transactions. */
  readonly timeoutCommitMs?: number;
  /** How long a round waits for its proposal. */
  readonly timeoutProposeMs?: number;
  readonly emptyBlocksSeconds?: number;
  /** Whether the application is asked about every peer. */
  readonly filterPeers?: boolean;
  /** A program and its arguments that CometBFT is started by, for example in a network namespace. */
  readonly within?: readonly string[];
  /** Where it listens for peers; default 127.0.0.1. */
  readonly p2pHost?: string;
  /** A socket for its RPC instead of `rpcPort`, when it is in another network; who uses it joins the two. */
  readonly rpcSocket?: string;
  /** An application inside CometBFT instead of the socket, for example `kvstore`. */
  readonly builtIn?: string;
}

/** One real CometBFT process of a spec, all on loopback. */
export class CometNode {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly options: CometNodeOptions,
    readonly id: string,
    readonly publicKey: Uint8Array,
    readonly rpcPort: number,
    readonly p2pPort: number,
  ) {}

  /** Makes keys and configuration; nothing runs yet. */
  static async create(options: CometNodeOptions): Promise<CometNode> {
    const {binary, home} = options;
    await mkdir(home, {recursive: true});
    await run(binary, ['init', '--home', home]);
    const id = (await run(binary, ['show-node-id', '--home', home])).trim();
    const key = JSON.parse(await readFile(join(home, 'config/priv_validator_key.json'), 'utf8')) as {
      pub_key: {value: string};
    };
    const [rpcPort, p2pPort] = await freePorts();
    return new CometNode(options, id, new Uint8Array(Buffer.from(key.pub_key.value, 'base64')), rpcPort, p2pPort);
  }

  get rpcUrl(): string {
    return `http://127.0.0.1:${this.rpcPort}`;
  }

  get address(): string {
    return `${this.id}@127.0.0.1:${this.p2pPort}`;
  }

  /** Starts the process and waits until its RPC answers. @param environment beside this process's own */
  async start(
    genesis: string,
    peers: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const {home, timeoutCommitMs = 200, timeoutProposeMs = 3_000, filterPeers = false, rpcSocket} = this.options;
    await writeFile(join(home, 'config/genesis.json'), genesis);
    await configure(join(home, 'config/config.toml'), {timeoutCommitMs, timeoutProposeMs, filterPeers});
    if (rpcSocket !== undefined) await rm(rpcSocket, {force: true});
    const [program, ...args] = this.commandLine(peers);
    const child = spawn(program, args, {stdio: ['ignore', 'pipe', 'pipe'], env: {...process.env, ...environment}});
    const logFile = createWriteStream(join(home, 'cometbft.log'), {flags: 'a'});
    child.stdout.pipe(logFile, {end: false});
    child.stderr.pipe(logFile, {end: false});
    this.child = child;
    for (let i = 0; i < 150; i++) {
      if (child.exitCode !== null) throw new Error(`cometbft ended with ${child.exitCode}, see ${home}/cometbft.log`);
      if ((await fetch(`${this.rpcUrl}/status`).catch(() => undefined))?.ok === true) return;
      await delay(200);
    }
    throw new Error(`cometbft at ${this.rpcUrl} did not answer in 30 s, see ${home}/cometbft.log`);
  }

  private commandLine(peers: readonly string[]): [string, ...string[]] {
    const {binary, within: [outer, ...before] = [], home, socketPath, builtIn} = this.options;
    const {emptyBlocksSeconds = 1, p2pHost = '127.0.0.1', rpcSocket} = this.options;
    const args = [
      'start',
      '--home',
      home,
      '--proxy_app',
      builtIn ?? `unix://${socketPath}`,
      '--rpc.laddr',
      rpcSocket === undefined ? `tcp://127.0.0.1:${this.rpcPort}` : `unix://${rpcSocket}`,
      '--p2p.laddr',
      `tcp://${p2pHost}:${this.p2pPort}`,
      '--p2p.persistent_peers',
      peers.join(','),
      '--consensus.create_empty_blocks_interval',
      `${emptyBlocksSeconds}s`,
    ];
    return outer === undefined ? [binary, ...args] : [outer, ...before, binary, ...args];
  }

  /** Resolves with the exit code when the process has ended of its own; null: by a signal. */
  async ended(): Promise<number | null> {
    const child = this.child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    return new Promise((resolve) => child.once('exit', resolve));
  }

  /** Ends the process and waits until it is gone. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }
}

/**
 * A genesis as ours: no validators of its own, the application brings them out of `appState`. @param maxBytes of a
 * block, its evidence within it; -1 is what CometBFT bears at the most
 */
export function genesisJson(chainId: string, appState: Uint8Array, maxBytes = 16_777_216): string {
  return JSON.stringify(
    {
      genesis_time: new Date(Date.now() - 10_000).toISOString(),
      chain_id: chainId,
      initial_height: '1',
      consensus_params: {
        block: {max_bytes: String(maxBytes), max_gas: '-1'},
        evidence: {max_age_num_blocks: '100000', max_age_duration: '172800000000000', max_bytes: '1048576'},
        validator: {pub_key_types: ['ed25519']},
        version: {app: '0'},
        abci: {vote_extensions_enable_height: '0'},
      },
      app_hash: '',
      app_state: Buffer.from(appState).toString('base64'),
    },
    null,
    2,
  );
}

async function configure(
  path: string,
  {
    timeoutCommitMs,
    timeoutProposeMs,
    filterPeers,
  }: Required<Pick<CometNodeOptions, 'timeoutCommitMs' | 'timeoutProposeMs' | 'filterPeers'>>,
): Promise<void> {
  const settings = {
    timeout_commit: `"${timeoutCommitMs}ms"`,
    timeout_propose: `"${timeoutProposeMs}ms"`,
    addr_book_strict: 'false',
    allow_duplicate_ip: 'true',
    // Peers are those that a spec names: what it cuts is cut.
    pex: 'false',
    recheck: 'false',
    filter_peers: String(filterPeers),
    indexer: '"null"',
    log_level: '"info"',
    pprof_laddr: '""',
  };
  let text = await readFile(path, 'utf8');
  for (const [name, value] of Object.entries(settings))
    text = text.replace(new RegExp(`^${name} = .*$`, 'm'), `${name} = ${value}`);
  await writeFile(path, text);
}

function run(binary: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, {stdio: ['ignore', 'pipe', 'ignore']});
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`${binary} ${args.join(' ')} ended with ${code}`));
    });
  });
}

/** Two ports that were free a moment ago. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()] as const;
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => {
            resolve((server.address() as AddressInfo).port);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as [number, number];
}
