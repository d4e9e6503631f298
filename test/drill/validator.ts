import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {AbciApplication, AbciServer} from '@vitalvault/abci';
import {callsInLog, cometBinary, CometNode, grammarBreaches} from '@vitalvault/abci/testing';
import type {CometNodeOptions} from '@vitalvault/abci/testing';
import {eventually, RunningProcess} from '@vitalvault/testkit';
import {startAlteredApplication} from './altered-application.js';

const PROGRAM = join(import.meta.dirname, '../../apps/ledger-abci/dist/main.js');
/** Four Node processes on a machine that does other things too. */
const START_MS = 120_000;

/** What a Byzantine validator does otherwise than an honest one. */
export type Alteration = (honest: AbciApplication) => Partial<AbciApplication>;

interface Unusual {
  readonly alteration?: Alteration | undefined;
  /** CometBFT's program, when it is not ours as it is. */
  readonly binary?: string | undefined;
}

/**
 * A validator as it is deployed: a process of CometBFT and one of ledger-abci; a Byzantine one lies between the two.
 */
export class Validator {
  private program: RunningProcess | undefined;
  private lies: AbciServer | undefined;
  private earlier = '';

  private constructor(
    readonly name: string,
    readonly comet: CometNode,
    private readonly dir: string,
    private readonly alteration: Alteration | undefined,
  ) {}

  static async create(
    name: string,
    dir: string,
    {alteration, binary, ...placing}: Omit<Partial<CometNodeOptions>, 'binary'> & Unusual = {},
  ): Promise<Validator> {
    const comet = await CometNode.create({
      binary: binary ?? (await cometBinary()),
      home: join(dir, 'comet'),
      socketPath: join(dir, 'app.sock'),
      timeoutCommitMs: 100,
      timeoutProposeMs: 1_500,
      ...placing,
    });
    return new Validator(name, comet, dir, alteration);
  }

  /** @param environment of CometBFT, beside ours */
  async start(
    genesis: string,
    peers: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const honestSocket = join(this.dir, this.alteration === undefined ? 'app.sock' : 'honest.sock');
    const program = new RunningProcess({
      command: process.execPath,
      args: [PROGRAM],
      env: {
        PATH: process.env.PATH ?? '',
        VITALVAULT_SOCKET: honestSocket,
        VITALVAULT_STATE_DIR: join(this.dir, 'state'),
        // Tells every call of CometBFT's.
        VITALVAULT_LOG_LEVEL: 'debug',
      },
    });
    this.program = program;
    await eventually(() => {
      if (!program.output.includes('listening for CometBFT')) throw new Error(`${this.name}: ${program.output}`);
    }, START_MS);
    if (this.alteration !== undefined)
      this.lies = await startAlteredApplication(
        {socketPath: join(this.dir, 'app.sock'), honestSocket},
        this.alteration,
      );
    await this.comet.start(genesis, peers, environment);
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.comet.stop(signal);
    await this.lies?.close();
    await this.program?.end(signal);
    this.earlier = this.output;
    [this.lies, this.program] = [undefined, undefined];
  }

  /** What ledger-abci wrote, over all of its starts: a drill looks for errors in it. */
  get output(): string {
    return this.earlier + (this.program?.output ?? '');
  }

  /** What CometBFT wrote, over all of its starts. */
  async cometLog(): Promise<string> {
    return readFile(join(this.dir, 'comet/cometbft.log'), 'utf8');
  }

  /** What CometBFT asked ledger-abci against the ABCI grammar. @throws when its log has no block */
  grammarBreaches(): string[] {
    const calls = callsInLog(this.output);
    if (!calls.some(({method}) => method === 'commit')) throw new Error(`${this.name}: no calls in its log`);
    return grammarBreaches(calls).map((breach) => `${this.name}: ${breach}`);
  }

  async height(): Promise<number> {
    const {sync_info: info} = await this.rpc<{sync_info: {latest_block_height: string}}>('status');
    return Number(info.latest_block_height);
  }

  async rpc<T>(path: string): Promise<T> {
    const response = await fetch(`${this.comet.rpcUrl}/${path}`, {signal: AbortSignal.timeout(10_000)});
    const {result, error} = (await response.json()) as {result?: T; error?: unknown};
    if (result === undefined) throw new Error(`${this.name} /${path}: ${JSON.stringify(error)}`);
    return result;
  }

  /** CheckTx's answer: its code. */
  async send(tx: Uint8Array): Promise<number> {
    const {code} = await this.rpc<{code: number}>(`broadcast_tx_sync?tx=0x${Buffer.from(tx).toString('hex')}`);
    return code;
  }
}
