import {copyFile, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {genesisJson} from '@vitalvault/abci/testing';
import {LIMITS} from '@vitalvault/contracts';
import {TEST_CHAIN, testGenesis} from '@vitalvault/ledger-state/testing';
import {eventually, runProcess} from '@vitalvault/testkit';
import {Link} from './link.js';
import {Validator} from './validator.js';
import type {Alteration} from './validator.js';

const SECOND_CLIENT = join(import.meta.dirname, '../second-client/run.ts');

/** One organisation a validator; equal power, so that one of the four may be Byzantine. */
export const ORGANISATIONS = ['hospital', 'clinic', 'laboratory', 'university'] as const;

/** Four validators on loopback, every pair of them joined by one link that can be cut. */
export class ValidatorNetwork {
  private readonly thieves: Validator[] = [];

  private constructor(
    private readonly dir: string,
    readonly validators: readonly Validator[],
    private readonly links: ReadonlyMap<string, Link>,
    /** Canonical `Genesis` of the chain. */
    readonly appState: Uint8Array,
    private readonly genesis: string,
  ) {}

  /** @param alterations by the number of the validator; the others are honest */
  static async start(alterations: Readonly<Record<number, Alteration>> = {}): Promise<ValidatorNetwork> {
    const dir = await mkdtemp(join(tmpdir(), 'vv-drill-'));
    const links = new Map<string, Link>();
    for (const [i] of ORGANISATIONS.entries()) for (let j = 0; j < i; j++) links.set(`${i}-${j}`, await Link.open());
    const validators: Validator[] = [];
    for (const [i, name] of ORGANISATIONS.entries())
      validators.push(await Validator.create(name, join(dir, name), alterations[i]));
    const keys = validators.map(({comet}) => comet.publicKey);
    const appState = testGenesis(ORGANISATIONS, undefined, keys);
    const genesis = genesisJson(TEST_CHAIN, appState, LIMITS.cometBlockBytes);
    const network = new ValidatorNetwork(dir, validators, links, appState, genesis);
    for (const [name, link] of links) link.leadTo(network.validator(Number(name.split('-')[1])).comet.p2pPort);
    try {
      await Promise.all(validators.map((_, i) => network.startValidator(i)));
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

  async startValidator(i: number): Promise<void> {
    const peers = [...this.links]
      .filter(([name]) => name.startsWith(`${i}-`))
      .map(([name, link]) => `${this.validator(Number(name.split('-')[1])).comet.id}@127.0.0.1:${link.port}`);
    await this.validator(i).start(this.genesis, peers);
  }

  /** Starts a second validator with the key of one: its secret leaked, and nothing tells the two of each other. */
  async startThief(of: number, alteration: Alteration): Promise<void> {
    const thief = await Validator.create('thief', join(this.dir, 'thief'), alteration);
    const key = 'comet/config/priv_validator_key.json';
    await copyFile(join(this.dir, this.validator(of).name, key), join(this.dir, 'thief', key));
    this.thieves.push(thief);
    await thief.start(
      this.genesis,
      this.validators.map(({comet}) => comet.address),
    );
  }

  /** Cuts every link between the two sides. */
  partition(side: readonly number[]): void {
    for (const [name, link] of this.links) {
      const [i, j] = name.split('-').map(Number) as [number, number];
      if (side.includes(i) !== side.includes(j)) link.cut();
    }
  }

  heal(): void {
    for (const link of this.links.values()) link.mend();
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
    for (const link of this.links.values()) link.close();
    await rm(this.dir, {recursive: true, force: true});
  }
}
