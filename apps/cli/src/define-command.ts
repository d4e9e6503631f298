import {path} from '@vitalvault/arguments';
import type {ArgumentParser} from '@vitalvault/arguments';
import {Argument, Command, Option} from 'commander';
import {exitOf, toJson} from './answer.js';
import type {Answer} from './answer.js';
import {environment} from './config.js';
import {explainError, toldLines} from './explain-error.js';
import {Session} from './session.js';
import type {CommonOptions} from './session.js';
import {styleOf} from './text/style.js';

/** A command as its file describes it. `O`: its own options as commander parses them. */
export interface CommandSpec<O> {
  name: string;
  /** Name, explanation, and what takes it. */
  arguments?: readonly [string, string, ArgumentParser<string>][];
  summary: string;
  /** Flags, explanation, and a default. */
  options?: readonly Option[];
  examples: readonly string[];
  /** Whether it works in the home of an actor. */
  home?: boolean;
  run: (session: Session, options: O & CommonOptions, ...operands: string[]) => Promise<Answer> | Answer;
}

/** A parent of commands. */
export function group(name: string, summary: string, commands: Command[]): Command {
  const parent = new Command(name).summary(summary).description(summary);
  for (const command of commands) parent.addCommand(command);
  return parent;
}

/** Makes the commander command: common options, examples, output and errors are the same everywhere. */
export function defineCommand<O extends object>(spec: CommandSpec<O>): Command {
  const command = new Command(spec.name).summary(spec.summary).description(spec.summary).allowExcessArguments(false);
  for (const [name, text, parser] of spec.arguments ?? [])
    command.addArgument(new Argument(name, text).argParser(parser));
  for (const option of spec.options ?? []) command.addOption(option);
  if (spec.home ?? true)
    command
      .requiredOption('--home <dir>', 'directory with the keys and files of this actor', path)
      .option(
        '--passphrase-file <file>',
        'file (mode 0600) with the passphrase of the keys; else VV_PASSPHRASE, else a prompt',
        path,
      )
      .option('--take-over', 'change a home though another vv seems to be at work in it, which is gone for certain');
  command.option('--endpoints <file>', 'where the services are (default: endpoints.json in $DATA or ./var)', path);
  command.option(
    '--genesis <file>',
    'genesis of the ledger (default: beside the endpoints; a home keeps its own)',
    path,
  );
  command.option('--json', 'answer in JSON');
  command.addHelpText('after', `\nExamples:\n${spec.examples.map((line) => `  $ ${line}`).join('\n')}`);
  command.action(async (...parsed: unknown[]) => {
    const operands = parsed.slice(0, -2).filter((operand) => operand !== undefined) as string[];
    await runCommand(spec, parsed.at(-2) as O & CommonOptions, operands);
  });
  return command;
}

async function runCommand<O extends object>(
  spec: CommandSpec<O>,
  options: O & CommonOptions,
  operands: string[],
): Promise<void> {
  const env = environment();
  try {
    const answer = await spec.run(new Session(options, env), options, ...operands);
    process.stdout.write(
      options.json === true ? `${toJson(answer.json)}\n` : answer.text.map((line) => `${line}\n`).join(''),
    );
    process.exitCode = exitOf(answer);
  } catch (error) {
    tellError(error, {json: options.json === true});
  }
}

/** Says what went wrong, as every command does; sets the exit code. */
export function tellError(error: unknown, {json}: {json: boolean}): void {
  const told = explainError(error);
  if (json) process.stderr.write(`${toJson({error: told})}\n`);
  else {
    const lines = toldLines(told, styleOf(environment().colour));
    process.stderr.write(lines.map((line) => `${line}\n`).join(''));
  }
  if (told.code === 'internal' && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  process.exitCode = told.exit;
}
