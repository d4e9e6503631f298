import {existsSync, readFileSync} from 'node:fs';
import {parseGenesis} from '@vitalvault/light-client';
import {CliError} from '../cli-error.js';

/** A genesis file whose shape was checked. @throws CliError `genesis-missing`, `genesis-invalid` */
export function readGenesis(path: string): {text: string; chainId: string} {
  if (!existsSync(path))
    throw new CliError('genesis-missing', `There is no genesis file ${path}.`, {
      remedy: 'Name the genesis of the ledger with --genesis FILE; it is the one thing that vv trusts.',
    });
  try {
    const text = readFileSync(path, 'utf8');
    return {text, chainId: parseGenesis(text).chainId};
  } catch (cause) {
    throw new CliError(
      'genesis-invalid',
      `${path} is no genesis: ${cause instanceof Error ? cause.message : 'it cannot be read'}.`,
      {remedy: 'Take the genesis file of the ledger from your organisation, and compare its hash.', cause},
    );
  }
}
