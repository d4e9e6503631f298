import {encodeCanonical, toHex} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {parseGenesis} from './parse-genesis.js';

const text = readFileSync(join(import.meta.dirname, '../testdata/genesis.json'), 'utf8');
const key = (n: number) => new Uint8Array(32).fill(n);

/** The captured file with some fields replaced. */
function altered(fields: object): string {
  return JSON.stringify({...(JSON.parse(text) as object), ...fields});
}

function withValidators(validators: {publicKey: Uint8Array; power: bigint}[]): string {
  const bytes = encodeCanonical(GenesisSchema, {
    version: 1,
    organisations: [{id: new Uint8Array(20), name: 'Hospital', validators}],
  });
  return altered({app_state: Buffer.from(bytes).toString('base64')});
}

describe('parseGenesis', () => {
  it('reads chain, validators with their organisations, and the hash of the file', () => {
    const parsed = parseGenesis(text);
    expect(parsed.chainId).toBe('vitalvault-capture');
    expect(parsed.validators.map(({power}) => power)).toEqual([7n, 5n, 5n, 3n]);
    expect(toHex(parsed.validators[0]?.organisation ?? new Uint8Array())).toBe('02'.repeat(20));
    expect(parsed.genesis.organisations.map(({name}) => name)).toEqual([
      'Hospital 1',
      'Hospital 2',
      'Hospital 3',
      'Hospital 4',
    ]);
    expect(toHex(parsed.hash)).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it.each([
    ['not JSON', 'genesis', 'is not JSON'],
    ['no chain id', altered({chain_id: ''}), 'chain_id'],
    ['validators of its own', altered({validators: [{}]}), 'must be empty'],
    ['no application state', altered({app_state: undefined}), 'no validators'],
    ['an application state that is no base64', altered({app_state: '*'}), 'not base64'],
    [
      'an application state that is not canonical',
      altered({app_state: Buffer.from('0800', 'hex').toString('base64')}),
      'canonical',
    ],
    ['an object as application state', altered({app_state: {}}), 'app_state is not a string'],
    [
      'a validator twice',
      withValidators([
        {publicKey: key(1), power: 1n},
        {publicKey: key(1), power: 2n},
      ]),
      'twice',
    ],
    ['a validator without power', withValidators([{publicKey: key(1), power: 0n}]), 'without key or power'],
    [
      'a validator with half a key',
      withValidators([{publicKey: key(1).subarray(16), power: 1n}]),
      'without key or power',
    ],
  ])('refuses a file with %s', (_name, file, message) => {
    expect(() => parseGenesis(file)).toThrow(message);
  });
});
