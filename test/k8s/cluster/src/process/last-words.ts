import {readFile} from 'node:fs/promises';
import type {Layout} from '../layout.js';

/** The end of a process' log, indented. */
export async function lastWords(layout: Layout, name: string, lines = 15): Promise<string> {
  const text = await readFile(layout.log(name), 'utf8').catch(() => '(no log)');
  return text
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .map((line) => `    ${line.slice(0, 400)}`)
    .join('\n');
}
