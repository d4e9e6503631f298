import {parseArgs} from 'node:util';
import type {WhichLetters} from './operate-dead-letters.js';
import {EXIT_CODES, WrongUse} from './run-operation.js';
import type {Place} from './standing-lanes.js';

export const DEAD_LETTERS_HELP = `Messages of topics that were set aside, because no version takes them or somebody said so.

  list [--all]                                     what is unresolved; --all: resolved ones too
  show ID                                          one, with its bytes in hexadecimal
  send-again ID... --by NAME                       put it into its topic again as it came
  set-aside TOPIC/PARTITION/OFFSET --by NAME       have a message set aside at which a partition stands
  delete (ID... | --record RECORD) --by NAME       delete it for good; who did it and when stays

With --json the answer is JSON, and questions go to standard error.
${EXIT_CODES}
`;

export type LettersCommand =
  | {readonly name: 'help'}
  | {readonly name: 'list'; readonly which: 'unresolved' | 'all'}
  | {readonly name: 'show'; readonly id: bigint}
  | {readonly name: 'send-again'; readonly ids: readonly bigint[]; readonly by: string}
  | {readonly name: 'set-aside'; readonly place: Place & {readonly offset: bigint}; readonly by: string}
  | {readonly name: 'delete'; readonly which: WhichLetters; readonly by: string};

/** What is asked for, and whether in JSON. @throws WrongUse */
export function parseLettersCommand(args: string[]): {command: LettersCommand; json: boolean} {
  const {values, positionals} = parsed(args);
  const json = values.json === true;
  const [name, ...operands] = positionals;
  if (values.help === true || name === undefined) return {command: {name: 'help'}, json};
  switch (name) {
    case 'list':
      none(operands);
      return {command: {name, which: values.all === true ? 'all' : 'unresolved'}, json};
    case 'show':
      return {command: {name, id: idOf(one(operands, 'ID'))}, json};
    case 'send-again':
      return {command: {name, ids: idsOf(operands), by: nameOf(values.by)}, json};
    case 'set-aside':
      return {command: {name, place: placeOf(one(operands, 'TOPIC/PARTITION/OFFSET')), by: nameOf(values.by)}, json};
    case 'delete':
      return {command: {name, which: whichOf(operands, values.record), by: nameOf(values.by)}, json};
    default:
      throw new WrongUse(`there is no command ${name}`);
  }
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        all: {type: 'boolean'},
        by: {type: 'string'},
        help: {type: 'boolean', short: 'h'},
        json: {type: 'boolean'},
        record: {type: 'string'},
      },
    });
  } catch (cause) {
    throw new WrongUse((cause as Error).message, {cause});
  }
}

function none(operands: readonly string[]): void {
  if (operands[0] !== undefined) throw new WrongUse(`${operands[0]} is too much`);
}

function one([first, ...others]: readonly string[], what: string): string {
  if (first === undefined) throw new WrongUse(`${what} is missing`);
  none(others);
  return first;
}

function idOf(text: string): bigint {
  if (!/^[1-9]\d{0,17}$/.test(text)) throw new WrongUse(`${text} is no ID`);
  return BigInt(text);
}

function idsOf(operands: readonly string[]): bigint[] {
  if (operands.length === 0) throw new WrongUse('ID is missing');
  return [...new Set(operands.map(idOf))];
}

function nameOf(by: string | undefined): string {
  if (by === undefined || by.trim() === '') throw new WrongUse('--by NAME is missing: who decides');
  return by.trim();
}

function placeOf(text: string): Place & {offset: bigint} {
  const [, topic, partition, offset] = /^([\w.-]+)\/(\d{1,6})\/(\d{1,18})$/.exec(text) ?? [];
  if (topic === undefined || partition === undefined || offset === undefined)
    throw new WrongUse(`${text} is not TOPIC/PARTITION/OFFSET`);
  return {topic, partition: Number(partition), offset: BigInt(offset)};
}

function whichOf(operands: readonly string[], record: string | undefined): WhichLetters {
  if (record === undefined) return {ids: idsOf(operands)};
  none(operands);
  if (!/^[0-9a-f]{64}$/i.test(record)) throw new WrongUse(`${record} is no record id: 64 hexadecimal digits`);
  return {recordId: record.toLowerCase()};
}
