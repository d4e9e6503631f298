import {argument, wrongArgument} from './argument.js';
import type {ArgumentParser} from './argument.js';

/** Name of a file or directory. An empty one is mostly a shell variable that is not set. */
export const path = argument((text): string => {
  if (text === '' || text.includes('\0')) throw wrongArgument('It must name a file or directory; it is empty.');
  return text;
});

/** Words of a person: not empty, on one line, and of no more characters than said. */
export function words(most: number): ArgumentParser<string> {
  return argument((text) => {
    if (text.trim() === '' || Array.from(text).length > most || /\p{Cc}/u.test(text))
      throw wrongArgument(`It must be 1 to ${most} characters on one line.`);
    return text;
  });
}

/** A text of a given shape. @param example how it looks, for the message */
export function shaped(shape: RegExp, example: string): ArgumentParser<string> {
  return argument((text) => {
    if (!shape.test(text)) throw wrongArgument(`Write ${example}.`);
    return text;
  });
}

/** Comma-separated names; none of them empty. */
export const names = argument((text): string[] => {
  const list = text.split(',').map((name) => name.trim());
  if (list.some((name) => name === '')) throw wrongArgument('Write names, separated by commas.');
  return list;
});

/** Address of a service. */
export const serviceUrl = argument((text): string => {
  if (!URL.canParse(text) || !['http:', 'https:'].includes(new URL(text).protocol) || /\s/.test(text))
    throw wrongArgument('Write an address that begins with https:// or http://.');
  return text;
});

/** An id in hexadecimal digits, of so many bytes; given back in lower case. */
export function hexId(bytes: number): ArgumentParser<string> {
  const shape = new RegExp(`^[0-9a-fA-F]{${bytes * 2}}$`);
  return argument((text) => {
    if (!shape.test(text)) throw wrongArgument(`It must be an id of ${bytes * 2} hexadecimal digits.`);
    return text.toLowerCase();
  });
}
