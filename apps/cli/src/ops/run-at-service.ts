import {spawn} from 'node:child_process';
import {CliError, EXIT} from '../cli-error.js';
import {WithoutTries} from './without-tries.js';

/** Services that take topics. */
export const CONSUMERS = ['storage', 'notify'] as const;
export type Consumer = (typeof CONSUMERS)[number];

/** A release of the chart, or the data directory of a system on this machine. */
export type Where = {readonly release: string; readonly namespace: string | undefined} | {readonly data: string};

export interface ServiceProgram {
  readonly service: Consumer;
  /** Of the service's own, in its `dist`. */
  readonly program: 'positions' | 'dead-letters';
  readonly args: readonly string[];
}

/** Starts a program: with `output` what it prints is given back, otherwise it has this terminal. */
export type Start = (
  command: string,
  args: readonly string[],
  options: {output: boolean},
) => Promise<{code: number; output: string}>;

/**
 * Runs a program of a service's where that service is, at this terminal: in a pod of the release, or with the settings
 * of the system on this machine.
 * @param ports.launcher file of the launcher of this clone; undefined: there is none
 * @returns its exit code
 */
export async function runAtService(
  {service, program, args}: ServiceProgram,
  where: Where,
  {start, terminal, launcher}: {start: Start; terminal: boolean; launcher: string | undefined},
): Promise<number> {
  if ('data' in where) {
    if (launcher === undefined)
      throw new CliError('program-missing', 'This vv is of no clone, so it knows no system on this machine.', {
        remedy: 'Name the release of the chart with --release, or use the vv of the clone.',
      });
    const own = [launcher, program, '--data', where.data, service, ...args];
    return (await start(process.execPath, own, {output: false})).code;
  }
  const namespace = where.namespace === undefined ? [] : ['--namespace', where.namespace];
  const label = `app.kubernetes.io/instance=${where.release},app.kubernetes.io/component=${service}`;
  const found = await start('kubectl', [...namespace, 'get', 'deployment', '--selector', label, '--output', 'name'], {
    output: true,
  });
  // It has said why itself: no such cluster, or no right to look into it.
  if (found.code !== 0) return EXIT.unavailable;
  const [deployment] = found.output.split('\n');
  if (deployment === undefined || deployment === '')
    throw new CliError('release-missing', `There is no ${service} of a release ${where.release} in this namespace.`, {
      remedy: 'See `helm list`; name --release and --namespace.',
    });
  const stdin = terminal ? ['--stdin', '--tty'] : ['--stdin'];
  const file = `apps/${service}/dist/${program}.js`;
  const exec = [...namespace, 'exec', ...stdin, deployment, '--', 'node', file, ...args];
  return (await start('kubectl', exec, {output: false})).code;
}

/** @throws CliError when there is no such program */
export const startProgram: Start = (command, args, {output}) =>
  new Promise((resolve, reject) => {
    const stream = output ? 'pipe' : 'inherit';
    const child = spawn(command, args, {stdio: ['inherit', stream, stream]});
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => (text += part));
    const complaints = new WithoutTries((told) => process.stderr.write(told));
    child.stderr?.setEncoding('utf8').on('data', (part: string) => complaints.add(part));
    child.once('error', (cause) => {
      const remedy = 'Install it, or put it into PATH.';
      reject(new CliError('program-missing', `${command} cannot be started.`, {remedy, cause}));
    });
    child.once('close', (code) => {
      complaints.end();
      resolve({code: code ?? 1, output: text});
    });
  });
