import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {stringify} from 'yaml';
import {eventually, freePort} from '@vitalvault/testkit';
import {builtEngines} from '../../tools/built-engines.ts';
import {ruleFiles} from '../../tools/observability/rule-files.ts';

/** An alert that Prometheus has, as its API tells it. */
export interface FiringAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

/** One series of an answer: its labels, and its value of now. */
export interface Answer {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

const programOf = (name: string): string => name.replace(/^abci-\d+$/, 'ledger-abci');

/** A Prometheus that scrapes a running system each second, with our rules. */
export class Prometheus {
  private constructor(
    private readonly url: string,
    private readonly child: ChildProcess,
    private readonly targets: string,
    private readonly addresses: Readonly<Record<string, string>>,
  ) {}

  /**
   * @param dir it writes there
   * @param metrics process → address of its metrics
   * @param scale of the rules' times
   */
  static async start(dir: string, metrics: Readonly<Record<string, string>>, scale: number): Promise<Prometheus> {
    const rules = join(dir, 'rules');
    mkdirSync(rules, {recursive: true});
    for (const [path, text] of Object.entries(ruleFiles(scale)))
      writeFileSync(join(rules, path.split('/').at(-1) ?? ''), text);
    const targets = join(dir, 'targets.json');
    const config = join(dir, 'prometheus.yaml');
    writeFileSync(
      config,
      stringify({
        global: {scrape_interval: '1s', evaluation_interval: '1s'},
        rule_files: [join(rules, '*.yaml')],
        scrape_configs: [{job_name: 'vitalvault', file_sd_configs: [{files: [targets], refresh_interval: '1s'}]}],
      }),
    );
    const address = `127.0.0.1:${await freePort()}`;
    const program = join(builtEngines('alerts')['prometheus'] ?? '', 'prometheus');
    const child = spawn(
      program,
      [`--config.file=${config}`, `--storage.tsdb.path=${join(dir, 'data')}`, `--web.listen-address=${address}`],
      {stdio: 'ignore'},
    );
    const it = new Prometheus(`http://${address}`, child, targets, metrics);
    it.scrape(Object.keys(metrics));
    await eventually(async () => {
      const up = await it.query('sum(up)');
      if (Number(up[0]?.value[1]) !== Object.keys(metrics).length) throw new Error('not all are scraped yet');
    }, 30_000);
    return it;
  }

  /** Scrapes these processes and no others. */
  scrape(names: readonly string[]): void {
    const groups = names.map((name) => ({
      targets: [new URL(this.addresses[name] ?? '').host],
      labels: {program: programOf(name), instance: name},
    }));
    writeFileSync(this.targets, JSON.stringify(groups));
  }

  async query(query: string): Promise<Answer[]> {
    const {result} = await this.#ask<{result: Answer[]}>(`/api/v1/query?query=${encodeURIComponent(query)}`);
    return result;
  }

  async firing(): Promise<FiringAlert[]> {
    const {alerts} = await this.#ask<{alerts: FiringAlert[]}>('/api/v1/alerts');
    return alerts.filter(({state}) => state === 'firing');
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    if (this.child.kill()) await gone;
  }

  async #ask<T>(path: string): Promise<T> {
    const response = await fetch(this.url + path);
    const body = (await response.json()) as {status: string; data: T; error?: string};
    if (body.status !== 'success') throw new Error(`${path}: ${body.error ?? ''}`);
    return body.data;
  }
}
