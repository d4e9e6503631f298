import {createInterface} from 'node:readline/promises';
import {Writable} from 'node:stream';
import {CliError} from '../cli-error.js';
import {readSecretFile} from './key-file.js';

const SHORTEST = 8;

/** Where a passphrase may come from, in this order. */
export interface PassphraseSources {
  file: string | undefined;
  variable: string | undefined;
}

/** A function that asks once, at first use. @throws CliError `passphrase-missing`, `passphrase-short` */
export function passphraseFrom(sources: PassphraseSources): () => Promise<string> {
  let asked: Promise<string> | undefined;
  return () => (asked ??= obtain(sources));
}

async function obtain({file, variable}: PassphraseSources): Promise<string> {
  const passphrase = file === undefined ? (variable ?? (await prompt())) : readSecretFile(file).replace(/\r?\n$/, '');
  if (passphrase.length < SHORTEST)
    throw new CliError('passphrase-short', `The passphrase has fewer than ${SHORTEST} characters.`, {
      remedy: 'Choose a longer one; several words are good.',
    });
  return passphrase;
}

async function prompt(): Promise<string> {
  if (!process.stdin.isTTY)
    throw new CliError('passphrase-missing', 'The key file needs a passphrase.', {
      remedy: 'Give --passphrase-file FILE (mode 0600) or VV_PASSPHRASE, or run vv in a terminal.',
    });
  process.stderr.write('Passphrase: ');
  const silent = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const reader = createInterface({input: process.stdin, output: silent, terminal: true});
  try {
    return await reader.question('');
  } finally {
    reader.close();
    process.stderr.write('\n');
  }
}
