import {describe, expect, it} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {vvProgram} from '../program.js';

type Told = [service: string, args: string[], options: object];

/** What a line gives to the program of a service; nothing is started. */
function told(words: readonly string[]): Told | undefined {
  const vv = vvProgram();
  let heard: Told | undefined;
  for (const command of vv.commands.find((group) => group.name() === 'ops')?.commands ?? [])
    command
      .exitOverride()
      .configureOutput({writeErr: () => undefined})
      .action((service: string, args: string[], options: object) => {
        heard = [service, args, options];
      });
  vv.parse(words, {from: 'user'});
  return heard;
}

const wordsOf = (line: string): string[] =>
  Array.from(line.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, bare]) => quoted ?? bare ?? '');

const DOCUMENTS = ['dead-letters', 'positions'].map((name) => `docs/operations/${name}.md`);
const documented = DOCUMENTS.flatMap((file) =>
  Array.from(readFileSync(file, 'utf8').matchAll(/\bvv (ops [^`\n]*)/g), ([, line]) => line ?? ''),
);

describe('vv ops', () => {
  it.each(documented)('takes what the documents tell to type: vv %s', (line) => {
    const words = wordsOf(line);
    const [service, args] = told(words) ?? [];
    expect(words.slice(words.indexOf(service ?? '') + 1)).toEqual(args ?? []);
    expect(['storage', 'notify']).toContain(service);
  });

  it.each(['--release vv ', '--data var ', ''])(
    'gives its options to the program that they follow (vv %s)',
    (where) => {
      for (const own of [
        'send-again 17 --by "Ada Example"',
        'delete --record 9c41 --by Ada',
        '--begin --by Ada',
        '--help',
      ])
        expect(told(wordsOf(`ops dead-letters ${where}storage ${own}`))?.slice(0, 2)).toEqual([
          'storage',
          wordsOf(own),
        ]);
    },
  );
});
