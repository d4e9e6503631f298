/**
 * Text that moves no terminal, as JSON would write it: a message and its headers are whose who may write to a topic.
 * Control characters (C0, C1, DEL), those that turn the direction of text or show nothing, and separators of lines are
 * `\\uXXXX`; of JSON it makes JSON that says the same.
 */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, (found) =>
    Array.from({length: found.length}, (_none, at) => escaped(found.charCodeAt(at))).join(''),
  );

const escaped = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;
