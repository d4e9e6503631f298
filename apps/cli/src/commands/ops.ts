import {argument, each, path, shaped} from '@vitalvault/arguments';
import {Argument, Command, Option} from 'commander';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {CliError} from '../cli-error.js';
import {environment} from '../config.js';
import {group, tellError} from '../define-command.js';
import {CONSUMERS, runAtService, startProgram} from '../ops/run-at-service.js';
import type {Consumer, ServiceProgram, Where} from '../ops/run-at-service.js';
import {opsPlanCommand} from './ops-plan.js';

interface OpsOptions {
  readonly data?: string;
  readonly namespace?: string;
  readonly release?: string;
}

const LAUNCHER = join(import.meta.dirname, '..', '..', '..', 'launcher', 'dist', 'main.js');
const nameOfObject = shaped(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'a name of Kubernetes');

function whereOf({data, namespace, release}: OpsOptions): Where {
  if (release !== undefined) return {release, namespace};
  if (namespace === undefined) return {data: data ?? environment().dataDir};
  throw new CliError('usage', '--namespace names where a release is, and no --release was given.', {
    remedy: 'Add --release, or leave --namespace out for the system on this machine.',
  });
}

/** Runs a program of a service's with the arguments that follow its name; it asks and answers itself. */
const opsCommand = (program: ServiceProgram['program'], summary: string, examples: readonly string[]): Command =>
  new Command(program)
    .summary(summary)
    .description(`${summary}. What follows the service are arguments of its own program: see SERVICE --help.`)
    .addArgument(new Argument('<service>', 'whose').choices(CONSUMERS))
    .argument('[arguments...]', "the program's own", each(argument(String)))
    .addOption(
      new Option('--data <dir>', 'data directory of a system on this machine (default: $DATA or ./var)').argParser(
        path,
      ),
    )
    .addOption(
      new Option('--release <name>', 'release of the chart, by kubectl').argParser(nameOfObject).conflicts('data'),
    )
    .addOption(new Option('--namespace <name>', 'its namespace (default: that of kubectl)').argParser(nameOfObject))
    .passThroughOptions()
    .addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`)
    .action(async (service: Consumer, args: string[] | undefined, options: OpsOptions) => {
      const terminal = process.stdin.isTTY && process.stdout.isTTY;
      try {
        const launcher = existsSync(LAUNCHER) ? LAUNCHER : undefined;
        const ports = {start: startProgram, terminal, launcher};
        process.exitCode = await runAtService({service, program, args: args ?? []}, whereOf(options), ports);
      } catch (error) {
        tellError(error, {json: false});
      }
    });

export const opsCommands = group(
  'ops',
  'for operators: what a service did not take, how far it took its topics, what so many patients need',
  [],
)
  .enablePositionalOptions()
  .addCommand(
    opsCommand('dead-letters', 'what a service did not take: list, show, send again, set aside, delete', [
      'vv ops dead-letters storage list',
      'vv ops dead-letters --release vv --namespace vitalvault storage send-again 17 --by "Ada Example"',
      'vv ops dead-letters notify --help',
    ]),
  )
  .addCommand(
    opsCommand('positions', 'how far a service took its topics, and what Kafka has', [
      'vv ops positions storage',
      'vv ops positions --release vv --namespace vitalvault notify --begin --by "Ada Example"',
    ]),
  )
  .addCommand(opsPlanCommand);
