import {join} from 'node:path';
import {inherited, REPOSITORY} from './config.js';
import {run} from './run.js';

/** Folders of the built programs. */
export interface Engines {
  kubernetes: string;
  coredns: string;
  cyclonus: string;
}

/** Builds what is missing of Kubernetes, CoreDNS and cyclonus, by the launcher and into its cache. */
export async function buildEngines(): Promise<Engines> {
  const launcher = join(REPOSITORY, 'apps/launcher/dist/main.js');
  const output = await run(process.execPath, [launcher, 'build', '--for', 'cluster', '--json'], {
    cwd: REPOSITORY,
    env: inherited(),
    show: true,
  });
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as Engines;
}
