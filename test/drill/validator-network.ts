import {copyFile, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {genesisJson} from '@vitalvault/abci/testing';
import {LIMITS} from '@vitalvault/contracts';
import {TEST_CHAIN, testGenesis} from '@vitalvault/ledger-state/testing';
import {eventually, runProcess} from '@vitalvault/testkit';
import {LinkedWays} from './linked-ways.js';
import {Validator} from './validator.js';
import type {Alteration} from './validator.js';
import type {Ways} from './ways.js';

const SECOND_CLIENT = join(import.meta.dirname, '../second-client/run.ts');

/** One organisation a validator; equal power, so that one of the four may be Byzantine. */
export const ORGANISATIONS = ['hospital', 'clinic', 'laboratory', 'university'] as const;

/** What is not as in every drill; where it says a number, that of the validator. */
export interface Unlike {
  /** Validators that are not honest. */
  readonly alterations?: Readonly<Record<number, Alteration>>;
  /** Programs that are not our CometBFT as it is. */
  readonly programs?: Readonly<Record<number, string>>;
  /** Of CometBFT at its first start. */
  readonly environments?: Readonly<Record<number, Readonly<Record<string, string>>>>;
  /** Default: TCP links. */
  readonly ways?: Ways;
  /** How old the chain says that it is. CometBFT waits for a genesis that is in its future. */
  readonly ageMs?: number;
}

/** Four validators on this machine, every pair of them joined by one way that can be cut. */
export class ValidatorNetwork {
  private readonly thieves: Validator[] = [];

  private constructor(
    private readonly dir: string,
    readonly validators: readonly Validator[],
    private readonly ways: Ways,
    /** Canonical `Genesis` of the chain. */
    readonly appState: Uint8Array,
    private readonly genesis: string,
  ) {}

  static async start(unlike: Unlike = {}): Promise<ValidatorNetwork> {
    const {alterations = {}, programs = {}, environments = {}, ageMs = 10_000} = unlike;
    const dir = await mkdtemp(join(tmpdir(), 'vv-drill-'));
    const ways = unlike.ways ?? (await LinkedWays.open(ORGANISATIONS.length));
    const validators: Validator[] = [];
    for (const [i, name] of ORGANISATIONS.entries()) {
      const home = join(dir, name);
      const own = {alteration: alterations[i], binary: programs[i], ...ways.placing(i, home)};
      validators.push(await Validator.create(name, home, own));
    }
    const keys = validators.map(({comet}) => comet.publicKey);
    const appState = testGenesis(ORGANISATIONS, undefined, keys);
    const genesis = JSON.stringify({
      ...(JSON.parse(genesisJson(TEST_CHAIN, appState, LIMITS.cometBlockBytes)) as object),
      genesis_time: new Date(Date.now() - ageMs).toISOString(),
    });
    const network = new ValidatorNetwork(dir, validators, ways, appState, genesis);
    await ways.leadTo(validators);
    try {
      await Promise.all(validators.map((_, i) => network.startValidator(i, environments[i])));
    } catch (error) {
      await network.close();
      throw error;
    }
    return network;
  }

  validator(i: number): Validator {
    const validator = this.validators[i];
    if (validator === undefined) throw new RangeError(`there is no validator ${i}`);
    return validator;
  }

  /** @param environment of CometBFT, beside ours */
  async startValidator(i: number, environment?: Readonly<Record<string, string>>): Promise<void> {
    const peers = this.validators.slice(0, i).map(({comet}, j) => `${comet.id}@${this.ways.address(i, j)}`);
    await this.validator(i).start(this.genesis, peers, environment);
  }

  /** Starts a second validator with the key of one: its secret leaked, and nothing tells the two of each other. */
  async startThief(of: number, alteration: Alteration): Promise<void> {
    const thief = await Validator.create('thief', join(this.dir, 'thief'), {alteration});
    const key = 'comet/config/priv_validator_key.json';
    await copyFile(join(this.dir, this.validator(of).name, key), join(this.dir, 'thief', key));
    this.thieves.push(thief);
    await thief.start(
      this.genesis,
      this.validators.map(({comet}) => comet.address),
    );
  }

  /** Cuts every way between the two sides. */
  async partition(side: readonly number[]): Promise<void> {
    for (const [i, j] of this.pairs()) if (side.includes(i) !== side.includes(j)) await this.ways.cut(i, j);
  }

  async heal(): Promise<void> {
    for (const [i, j] of this.pairs()) await this.ways.mend(i, j);
  }

  private pairs(): [number, number][] {
    return this.validators.flatMap((_, i) => Array.from({length: i}, (__, j): [number, number] => [i, j]));
  }

  /** Waits until each of these validators has this block. */
  async reach(height: number, of = this.validators, withinMs = 60_000): Promise<void> {
    await eventually(async () => {
      const heights = await Promise.all(of.map((validator) => validator.height()));
      const behind = heights.filter((one) => one < height);
      if (behind.length > 0) throw new Error(`wanted height ${height}, have ${heights.join(', ')}`);
    }, withinMs);
  }

  /** What the second client, in another language and from the documents alone, says of a validator's whole history. */
  async secondClientsWord(of: Validator): Promise<{readonly passed: number; readonly failed: number}> {
    const genesis = join(this.dir, 'genesis.json');
    await writeFile(genesis, this.genesis);
    const args = ['--no-warnings', SECOND_CLIENT, 'history', of.comet.rpcUrl, genesis];
    const env = {PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? ''};
    const {stdout, stderr} = await runProcess({command: process.execPath, args, env}, 240_000);
    const last = stdout.trim().split('\n').at(-1) ?? '';
    if (!last.startsWith('{')) throw new Error(`the second client said nothing: ${stderr}`);
    const {passed, failed} = JSON.parse(last) as {passed: number; failed: number};
    if (failed > 0) throw new Error(stderr);
    return {passed, failed};
  }

  /** What any validator, a thief too, was asked against the ABCI grammar since its first start. */
  grammarBreaches(): string[] {
    return [...this.validators, ...this.thieves].flatMap((validator) => validator.grammarBreaches());
  }

  async close(): Promise<void> {
    await Promise.all([...this.validators, ...this.thieves].map((validator) => validator.stop()));
    await this.ways.close();
    await rm(this.dir, {recursive: true, force: true});
  }
}
