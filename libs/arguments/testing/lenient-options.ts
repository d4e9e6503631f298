import type {Command} from 'commander';
import {ODD_TEXTS} from './odd-texts.js';

/** Options and operands of a program, with all its commands, that take a text which is no number, time or id. */
export function lenientOptions(program: Command): string[] {
  const takers = [
    ...program.options
      .filter((option) => option.required || option.optional)
      .map((option) => ({name: option.long ?? option.flags, parse: option.parseArg})),
    ...program.registeredArguments.map((operand) => ({name: `<${operand.name()}>`, parse: operand.parseArg})),
  ];
  return [
    ...takers.filter(({parse}) => takesOddText(parse)).map(({name}) => `${program.name()} ${name}`),
    ...program.commands.flatMap(lenientOptions),
  ];
}

function takesOddText(parse: ((text: string, before: never) => unknown) | undefined): boolean {
  return ODD_TEXTS.some((text) => {
    try {
      parse?.(text, undefined as never);
      return true;
    } catch {
      return false;
    }
  });
}
