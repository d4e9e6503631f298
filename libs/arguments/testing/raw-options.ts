import type {Command} from 'commander';
import {isArgumentParser} from '../src/argument.js';

/** Options and operands of a program, with all its commands, that take a value and have neither parser nor choices. */
export function rawOptions(program: Command): string[] {
  const at = nameOf(program);
  return [
    ...program.options
      .filter((option) => (option.required || option.optional) && !checked(option))
      .map(({flags}) => `${at} ${flags}`),
    ...program.registeredArguments.filter((operand) => !checked(operand)).map((operand) => `${at} <${operand.name()}>`),
    ...program.commands.flatMap(rawOptions),
  ];
}

interface Parsed {
  parseArg?: unknown;
  argChoices?: readonly string[] | undefined;
}

const checked = ({parseArg, argChoices}: Parsed): boolean => argChoices !== undefined || isArgumentParser(parseArg);

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}
