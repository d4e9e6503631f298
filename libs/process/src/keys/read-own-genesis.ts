import {toHex} from '@vitalvault/contracts';
import {parseGenesis} from '@vitalvault/light-client';
import type {ChainTrust, ParsedGenesis} from '@vitalvault/light-client';
import {readFileSync} from 'node:fs';
import {ConfigError} from '../config/config-error.js';
import {variableOf} from '../config/variable-of.js';
import {acceptsEd25519} from './accepts-ed25519.js';

/**
 * The genesis that the settings name: of this chain, with this organisation in it.
 * @throws ConfigError otherwise, or when the file cannot be used
 */
export function readOwnGenesis({
  genesisFile,
  chainId,
  organisation,
}: {
  readonly genesisFile: string;
  readonly chainId: string;
  readonly organisation: string;
}): ParsedGenesis & Required<Pick<ChainTrust, 'accepts'>> {
  const parsed = parse(genesisFile);
  if (parsed.chainId !== chainId) throw refused('genesisFile', `it is of another chain than ${variableOf('chainId')}`);
  if (!parsed.genesis.organisations.some(({id}) => toHex(id) === organisation))
    throw refused('organisation', `the genesis does not have it`);
  return {...parsed, accepts: acceptsEd25519};
}

function parse(file: string): ParsedGenesis {
  try {
    return parseGenesis(readFileSync(file, 'utf8'));
  } catch (error) {
    const {code, message} = error as {code?: string; message: string};
    throw refused('genesisFile', code === undefined ? message : `the file cannot be read (${code})`);
  }
}

const refused = (setting: string, why: string): ConfigError => new ConfigError([`${variableOf(setting)}: ${why}`]);
