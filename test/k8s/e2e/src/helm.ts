import {join} from 'node:path';
import {REPOSITORY, inherited} from '#cluster/config.js';
import {outcomeOf, run} from '#cluster/run.js';
import type {Outcome} from '#cluster/run.js';
import type {Cluster} from '#cluster/use/cluster.js';
import {NAMESPACE} from './bench.js';

const LAUNCHER = join(REPOSITORY, 'apps/launcher/dist/main.js');
export const CHART = join(REPOSITORY, 'deploy/helm/vitalvault');

/** Helm as the launcher built it, in the namespace of the test. */
export class Helm {
  private constructor(
    readonly program: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async open({kubectl}: Cluster): Promise<Helm> {
    const output = await run(process.execPath, [LAUNCHER, 'build', '--for', 'chart', '--only', 'helm', '--json'], {
      cwd: REPOSITORY,
      env: inherited(),
      show: true,
    });
    const {helm} = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as {helm: string};
    return new Helm(join(helm, 'helm'), kubectl.env);
  }

  /** @throws ClusterError with what Helm said */
  run(...args: string[]): Promise<string> {
    return run(this.program, [...args, '--namespace', NAMESPACE], {env: this.env});
  }

  /** For what may fail. */
  try(...args: string[]): Promise<Outcome> {
    return this.tryIn(NAMESPACE, ...args);
  }

  tryIn(namespace: string, ...args: string[]): Promise<Outcome> {
    return outcomeOf(this.program, [...args, '--namespace', namespace], {env: this.env});
  }

  async revision(release: string): Promise<{version: number; status: string}> {
    const {version, info} = JSON.parse(await this.run('status', release, '--output', 'json')) as {
      version: number;
      info: {status: string};
    };
    return {version, status: info.status};
  }
}
