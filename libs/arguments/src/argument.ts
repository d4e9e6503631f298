import {InvalidArgumentError} from 'commander';

/** Turns the text of an option or operand into its value. Commander calls it. */
export type ArgumentParser<T> = (text: string) => T;

const known = new WeakSet();

/**
 * A parser that programs may use. It is told from any other function, so that a test can find the options that nothing
 * parses. @param read throws `wrongArgument` for what it does not take
 */
export function argument<T>(read: ArgumentParser<T>): ArgumentParser<T> {
  const parser: ArgumentParser<T> = (text) => read(text);
  known.add(parser);
  return parser;
}

/** The same parser for an option that takes several values. */
export function each<T>(parser: ArgumentParser<T>): (text: string, before: unknown) => T[] {
  const collect = (text: string, before: unknown): T[] => [
    ...(Array.isArray(before) ? (before as T[]) : []),
    parser(text),
  ];
  if (known.has(parser)) known.add(collect);
  return collect;
}

/** Whether `argument` or `each` made it. */
export function isArgumentParser(parser: unknown): boolean {
  return typeof parser === 'function' && known.has(parser);
}

/** What a parser throws: commander prints it with the name of the option and ends as for wrong use. */
export function wrongArgument(reason: string): InvalidArgumentError {
  return new InvalidArgumentError(reason);
}
