import {spawn} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Command, Option} from 'commander';
import {ClusterError} from '#cluster/cluster-error.js';
import {DEFAULT_DIRECTORY, REPOSITORY, inherited} from '#cluster/config.js';
import {openCluster} from '#cluster/use/cluster.js';
import {describeFailure} from '#cluster/use/describe-failure.js';
import type {Bench, Step} from './bench.js';
import {NAMESPACE} from './bench.js';
import {Helm} from './helm.js';
import {Report} from './report.js';
import {deletionsStep} from './steps/deletions.js';
import {documentsStep} from './steps/documents.js';
import {helmTestStep} from './steps/helm-test.js';
import {installStep} from './steps/install.js';
import {joinStep} from './steps/join.js';
import {policiesStep} from './steps/policies.js';
import {reinstallStep} from './steps/reinstall.js';
import {storyStep} from './steps/story.js';
import {upgradeStep} from './steps/upgrade.js';

const STEPS: readonly Step[] = [
  installStep,
  storyStep,
  helmTestStep,
  deletionsStep,
  upgradeStep,
  policiesStep,
  reinstallStep,
  documentsStep,
  joinStep,
];
const CLUSTER = join(REPOSITORY, 'test/k8s/cluster/main.mjs');

interface Options {
  dir: string;
  only?: string;
  keep: boolean;
}

/** A command whose output is the person's. */
function command(program: string, ...args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {cwd: REPOSITORY, env: inherited(), stdio: 'inherit'});
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new ClusterError(`${program} ${args.join(' ')} ended with ${String(code)}.`));
    });
  });
}

/** @returns whether every sentence held */
async function play({dir}: Options, steps: readonly Step[]): Promise<boolean> {
  const report = new Report();
  const cluster = await openCluster(dir);
  const data = await mkdtemp(join(tmpdir(), 'vv-e2e-k8s-'));
  try {
    const bench: Bench = {cluster, helm: await Helm.open(cluster), report, data};
    await report.timed('importing the images', () => cluster.importImages());
    for (const [i, step] of steps.entries()) {
      report.step(i + 1, step.title);
      await step.run(bench);
    }
    report.end();
    return true;
  } catch (error) {
    process.stdout.write(`\nFAILED: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n\n`);
    process.stdout.write(`${await describeFailure(cluster.kubectl, NAMESPACE).catch((why: unknown) => String(why))}\n`);
    return false;
  } finally {
    await rm(data, {recursive: true, force: true});
  }
}

/** Fails when somebody ends this run: ^C, or a time limit. */
function interrupted(): Promise<never> {
  const signal = new Promise<never>((_, reject) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const)
      process.once(name, () => {
        reject(new ClusterError(`Ended by ${name}.`));
      });
  });
  // It may come while a command runs, which then ends by itself.
  signal.catch(() => undefined);
  return signal;
}

async function run(options: Options): Promise<void> {
  const wanted = options.only?.split(',');
  const unknown = wanted?.filter((name) => !STEPS.some((step) => step.name === name)) ?? [];
  if (unknown.length > 0)
    throw new ClusterError(`No such step: ${unknown.join(', ')}. Steps: ${STEPS.map(({name}) => name).join(', ')}.`);
  const steps = STEPS.filter(({name}) => wanted?.includes(name) ?? true);
  const interruption = interrupted();
  await command(process.execPath, CLUSTER, 'prepare', '--dir', options.dir);
  await command('make', 'images');
  // However it ends, the machine is left as it was.
  let ok = false;
  try {
    await command(process.execPath, CLUSTER, 'up', '--told', '--dir', options.dir);
    ok = await Promise.race([play(options, steps), interruption]);
  } finally {
    // It says itself what is wrong; the fault of before is the one to end with.
    if (options.keep) await command(process.execPath, CLUSTER, 'status', '--dir', options.dir).catch(() => undefined);
    else await command(process.execPath, CLUSTER, 'down', '--dir', options.dir);
  }
  process.exitCode = ok ? 0 : 1;
}

const program = new Command('e2e-k8s')
  .description('The chart on a real Kubernetes of one node, from install to re-install.')
  .option('--dir <folder>', 'where everything of the cluster lies', DEFAULT_DIRECTORY)
  .addOption(new Option('--only <steps>', `some steps, separated by commas: ${STEPS.map(({name}) => name).join(', ')}`))
  .option('--keep', 'leave the cluster up', (process.env['KEEP'] ?? '0') === '1')
  .action(run);
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof ClusterError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
}
