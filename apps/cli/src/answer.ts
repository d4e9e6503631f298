import {EXIT} from './cli-error.js';
import type {ExitCode} from './cli-error.js';

/** What a command says: fields for --json, lines for people, and how the process ends. */
export interface Answer {
  json: Record<string, unknown>;
  text: string[];
  exit?: ExitCode;
}

/** JSON of an answer or error on one line; bigint as decimal text, bytes as hexadecimal. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') return String(item);
    return item instanceof Uint8Array ? Buffer.from(item).toString('hex') : item;
  });
}

export function exitOf(answer: Answer): ExitCode {
  return answer.exit ?? EXIT.done;
}
