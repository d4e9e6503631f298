import {Command, InvalidArgumentError} from 'commander';
import {join} from 'node:path';
import {build} from './commands/build.js';
import {clean} from './commands/clean.js';
import {down} from './commands/down.js';
import {logs} from './commands/logs.js';
import {kill, restart, start, stop} from './commands/named-processes.js';
import {status} from './commands/status.js';
import {up} from './commands/up.js';
import {REPOSITORY} from './config.js';
import {ENGINE_USES} from './engines/catalogue.js';
import {errnoOf, LaunchError} from './launch-error.js';
import type {LogsOptions} from './commands/logs.js';
import type {StatusOptions} from './commands/status.js';
import type {UpOptions} from './commands/up.js';
import type {DataOption} from './commands/launcher-options.js';

// kafkajs computes a negative time-out on every request and Node warns of it; nobody can do anything about that.
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (warning.name !== 'TimeoutNegativeWarning') console.error(warning.message);
});

const program = new Command('launcher')
  .description('Fetches, builds, starts, watches and stops the processes of one VitalVault system on this machine.')
  .showHelpAfterError();

const command = (name: string, description: string) =>
  program
    .command(name)
    .description(description)
    .option('--data <dir>', 'data directory of the system', join(REPOSITORY, 'var'));

command('up', 'start the system and wait until it is ready')
  .option('--port-base <n>', 'first of the 407 ports it may use (default 26600)', whole)
  .option('--validators <n>', 'validators of a new chain (default 4)', whole)
  .option('--only <names>', 'comma-separated processes and groups, e.g. kafka,postgres or engines')
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
  .argument('[names]', 'processes and groups')
  .option('-n, --lines <n>', 'lines of each', whole, 20)
  .option('-f, --follow', 'go on')
  .action(async (names: string | undefined, options: LogsOptions) => {
    await logs(names, options);
  });
command('start', 'start processes again and wait until they are ready')
  .argument('<names>')
  .action(async (names: string, options: DataOption) => {
    await start(names, options);
  });
command('stop', 'stop processes')
  .argument('<names>')
  .action(async (names: string, options: DataOption) => {
    await stop(names, options);
  });
command('restart', 'stop processes and start them again')
  .argument('<names>')
  .action(async (names: string, options: DataOption) => {
    await restart(names, options);
  });
command('kill', 'end processes with SIGKILL')
  .argument('<names>')
  .action(async (names: string, options: DataOption) => {
    await kill(names, options);
  });
command('clean', 'stop the system and delete its data').action(async (options: DataOption) => {
  await clean(options);
});
program
  .command('build')
  .description('fetch and build the engines')
  .option('--for <uses>', `comma-separated: ${ENGINE_USES.join(', ')}`, 'system')
  .option('--only <names>', 'comma-separated engines of these')
  .option('--json', 'print the directory of each build as the last line')
  .action(build);

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('not a whole number');
  return Number(text);
}

function explain(error: unknown): string {
  if (error instanceof LaunchError) return error.message;
  if (errnoOf(error) === 'ENOSPC')
    return `The disk is full (${String(error)}). Free some space, or use DATA=dir and VITALVAULT_CACHE=dir on another disk.`;
  if (errnoOf(error) === 'EACCES' || errnoOf(error) === 'EROFS')
    return `${String(error)}. The data directory (DATA=dir) and the cache (VITALVAULT_CACHE=dir) must be writable for you.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  await program.parseAsync();
} catch (error) {
  console.error(`\nlauncher: ${explain(error)}`);
  process.exitCode = 1;
}
