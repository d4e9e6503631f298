import {DomainError} from '@vitalvault/errors';
import {withoutIds} from './without-ids.js';

const MAX_TEXT = 500;
const MAX_DEPTH = 2;
const MAX_FRAMES = 6;

/** An error as a line of a log has it: codes, names and places, words without ids, and its causes. */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return {name: typeof error, message: withoutIds(String(error).slice(0, MAX_TEXT))};
  if (error instanceof DomainError)
    return {...metaOf(error), name: error.name, code: error.code, message: wordsOf(error), ...causeOf(error, depth)};
  const {code} = error as {code?: unknown};
  return {
    name: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? {code} : {}),
    message: wordsOf(error),
    stack: frames(error),
    ...causeOf(error, depth),
  };
}

function wordsOf({name, message}: Error): string {
  // A JSON parser quotes what it cannot read: a body of somebody's, or a file of a key.
  if (name === 'SyntaxError') return 'not well formed';
  // Prisma writes the arguments of a call above its words, and PostgreSQL the values of a row into them.
  const words = name.startsWith('Prisma') ? (message.trim().split('\n').at(-1) ?? '') : message;
  return withoutIds(words.replaceAll(/=\([^)]*\)/g, '=(…)').slice(0, MAX_TEXT));
}

const metaOf = ({meta}: DomainError): object =>
  Object.fromEntries(
    Object.entries(meta).map(([name, value]) => [name, typeof value === 'string' ? withoutIds(value) : value]),
  );
const causeOf = (error: Error, depth: number): object =>
  error.cause === undefined || depth > MAX_DEPTH ? {} : {cause: describeError(error.cause, depth + 1)};
const frames = (error: Error): string[] =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, MAX_FRAMES)
    .map((line) => line.trim());
