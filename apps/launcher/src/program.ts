import {argument, each, names, path, wholeNumber} from '@vitalvault/arguments';
import {CAPACITY_RANGE} from '@vitalvault/genesis';
import {Argument, Command} from 'commander';
import {join} from 'node:path';
import {build} from './commands/build.js';
import {clean} from './commands/clean.js';
import {down} from './commands/down.js';
import {logs} from './commands/logs.js';
import {kill, restart, start, stop} from './commands/named-processes.js';
import {CONSUMERS, serviceProgram} from './commands/service-program.js';
import {status} from './commands/status.js';
import {up} from './commands/up.js';
import {REPOSITORY} from './config.js';
import {ENGINE_USES} from './engines/catalogue.js';
import {MAX_VALIDATORS} from './plan/ports.js';
import type {LogsOptions} from './commands/logs.js';
import type {Consumer} from './commands/service-program.js';
import type {StatusOptions} from './commands/status.js';
import type {UpOptions} from './commands/up.js';
import type {DataOption} from './commands/launcher-options.js';

/** One name after the other, joined again: which there are depends on the system. */
const processes = argument((text) => names(text).join(','));

/** All commands of the launcher. */
export const launcherProgram = new Command('launcher')
  .description('Fetches, builds, starts, watches and stops the processes of one VitalVault system on this machine.')
  .showHelpAfterError()
  .enablePositionalOptions();

const command = (name: string, description: string) =>
  launcherProgram
    .command(name)
    .description(description)
    .option('--data <dir>', 'data directory of the system', path, join(REPOSITORY, 'var'));

command('up', 'start the system and wait until it is ready')
  .option('--port-base <n>', 'first of the 414 ports it may use (default 26600)', wholeNumber({least: 1, most: 65_535}))
  .option('--validators <n>', 'validators of a new chain (default 4)', wholeNumber({least: 1, most: MAX_VALIDATORS}))
  .option(
    '--max-keys <n>',
    'keys that a new ledger may have, for ever (default 100000)',
    wholeNumber(CAPACITY_RANGE.keys),
  )
  .option('--max-leaves <n>', 'leaves of a new ledger, for ever (default 1000000)', wholeNumber(CAPACITY_RANGE.leaves))
  .option('--only <names>', 'comma-separated processes and groups, e.g. kafka,postgres or engines', processes)
  .option('--observe', 'with Prometheus, Alertmanager and Zipkin beside it, which watch it')
  .option(
    '--signed-up-to <height>',
    'for a validator key without its record of what it signed: it signs nothing up to this height (0: it never signed)',
    wholeNumber({least: 0, most: Number.MAX_SAFE_INTEGER}),
  )
  .option('--insist', 'take that height also when another validator of this system has signed at it or above')
  .action(async (options: UpOptions) => {
    await up(options);
  });
command('down', 'stop all its processes').action(async (options: DataOption) => {
  await down(options);
});
command('status', 'show its processes and their memory')
  .option('--json', 'as JSON')
  .action(async (options: StatusOptions) => {
    await status(options);
  });
command('logs', 'show the end of its logs')
  .argument('[names]', 'processes and groups', processes)
  .option('-n, --lines <n>', 'lines of each', wholeNumber({least: 0, most: 1_000_000}), 20)
  .option('-f, --follow', 'go on')
  .action(async (names: string | undefined, options: LogsOptions) => {
    await logs(names, options);
  });
for (const [program, description] of [
  ['positions', 'show how far a service took its topics, and what Kafka has of them'],
  ['dead-letters', 'show and resolve what a service did not take of its topics'],
] as const)
  command(program, description)
    .addArgument(new Argument('<service>', 'whose').choices(CONSUMERS))
    .argument('[arguments...]', "the program's own", each(argument(String)))
    .passThroughOptions()
    .action(async (service: Consumer, args: string[] | undefined, options: DataOption) => {
      await serviceProgram({service, program, args: args ?? []}, options);
    });
command('start', 'start processes again and wait until they are ready')
  .argument('<names>', 'processes and groups', processes)
  .action(async (names: string, options: DataOption) => {
    await start(names, options);
  });
command('stop', 'stop processes')
  .argument('<names>', 'processes and groups', processes)
  .action(async (names: string, options: DataOption) => {
    await stop(names, options);
  });
command('restart', 'stop processes and start them again')
  .argument('<names>', 'processes and groups', processes)
  .action(async (names: string, options: DataOption) => {
    await restart(names, options);
  });
command('kill', 'end processes with SIGKILL')
  .argument('<names>', 'processes and groups', processes)
  .action(async (names: string, options: DataOption) => {
    await kill(names, options);
  });
command('clean', 'stop the system and delete its data').action(async (options: DataOption) => {
  await clean(options);
});
launcherProgram
  .command('build')
  .description('fetch and build the engines')
  .option('--for <uses>', `comma-separated: ${ENGINE_USES.join(', ')}`, processes, 'system')
  .option('--only <names>', 'comma-separated engines of these', processes)
  .option('--json', 'print the directory of each build as the last line')
  .action(build);
