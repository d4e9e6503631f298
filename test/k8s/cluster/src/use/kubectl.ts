import {inherited} from '../config.js';
import {outcomeOf, run} from '../run.js';
import type {Outcome} from '../run.js';

/** The built kubectl as the cluster's administrator. */
export class Kubectl {
  constructor(
    private readonly binary: string,
    private readonly kubeconfig: string,
  ) {}

  /** Standard output. @throws ClusterError with what kubectl said */
  run(args: readonly string[], stdin?: string): Promise<string> {
    return run(this.binary, args, {env: this.env, ...(stdin === undefined ? {} : {stdin})});
  }

  /** For what may fail. */
  try(args: readonly string[], stdin?: string): Promise<Outcome> {
    return outcomeOf(this.binary, args, {env: this.env, ...(stdin === undefined ? {} : {stdin})});
  }

  /** What `get … -o json` or `get --raw …` answers. */
  async get<T>(...args: string[]): Promise<T> {
    return JSON.parse(await this.run(['get', ...args, ...(args.includes('--raw') ? [] : ['-o', 'json'])])) as T;
  }

  /** Creates or changes one object, or a List of them. */
  async apply(object: unknown, namespace?: string): Promise<void> {
    await this.run(
      ['apply', '-f', '-', ...(namespace === undefined ? [] : ['--namespace', namespace])],
      JSON.stringify(object),
    );
  }

  /** Environment for other programs that talk to the cluster, Helm for one. */
  get env(): NodeJS.ProcessEnv {
    return inherited({KUBECONFIG: this.kubeconfig});
  }
}
