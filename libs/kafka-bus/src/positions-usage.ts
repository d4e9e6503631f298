import {parseArgs} from 'node:util';
import {EXIT_CODES, WrongUse} from './run-operation.js';

export const POSITIONS_HELP = `How far each partition was taken, and what Kafka has.

  (nothing)            shows them
  --begin --by NAME    has those begin anew that Kafka does not continue, each when its place is typed

${EXIT_CODES}
`;

export type PositionsCommand = {readonly name: 'help' | 'show'} | {readonly name: 'begin'; readonly by: string};

/** @throws WrongUse */
export function parsePositionsCommand(args: string[]): PositionsCommand {
  const {begin = false, by = '', help = false} = parsed(args);
  if (help) return {name: 'help'};
  if (!begin && by !== '') throw new WrongUse('--by is for --begin');
  if (!begin) return {name: 'show'};
  if (by.trim() === '') throw new WrongUse('--by NAME is missing: who decides');
  return {name: 'begin', by: by.trim()};
}

function parsed(args: string[]) {
  const options = {begin: {type: 'boolean'}, by: {type: 'string'}, help: {type: 'boolean', short: 'h'}} as const;
  try {
    return parseArgs({args, options}).values;
  } catch (cause) {
    throw new WrongUse((cause as Error).message, {cause});
  }
}
