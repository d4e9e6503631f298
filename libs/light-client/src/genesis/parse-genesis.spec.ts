import {describe, expect, it} from '@jest/globals';
import {toHex} from '@vitalvault/contracts';
import {ParametersSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {MalformedError} from '../json-fields.js';
import {InvalidGenesisError} from './invalid-genesis-error.js';
import {PARAMETER_BOUNDS} from './parameter-bounds.js';
import {parseGenesis} from './parse-genesis.js';

const text = readFileSync(join(import.meta.dirname, '../../testdata/genesis.json'), 'utf8');
const vectors = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../../test/vectors/genesis.json'), 'utf8'),
) as {taken: {what: string; document: object}[]; refused: {why: string; document: object}[]};

describe('parseGenesis', () => {
  it('reads chain, validators with their organisations, and the hash of the file', () => {
    const parsed = parseGenesis(text);
    expect(parsed.chainId).toBe('vitalvault-capture');
    expect(parsed.validators.map(({power}) => power)).toEqual([7n, 5n, 5n, 3n]);
    const owner = parsed.genesis.organisations.find(({validators}) => validators[0]?.power === 7n);
    expect(toHex(parsed.validators[0]?.organisation ?? new Uint8Array())).toBe(toHex(owner?.id ?? new Uint8Array(1)));
    expect(parsed.genesis.organisations.map(({name}) => name).toSorted()).toEqual([
      'Hospital 1',
      'Hospital 2',
      'Hospital 3',
      'Hospital 4',
    ]);
    expect(toHex(parsed.hash)).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it.each(vectors.taken)('takes $what', ({document}) => {
    expect(parseGenesis(JSON.stringify(document)).validators.length).toBeGreaterThan(0);
  });

  it.each(vectors.refused)('refuses $why', ({document}) => {
    expect(() => parseGenesis(JSON.stringify(document))).toThrow(MalformedError);
  });

  it('says what is wrong', () => {
    const messages = vectors.refused.map(({why, document}) => {
      try {
        parseGenesis(JSON.stringify(document));
        return why;
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(messages).toContain(
      'genesis refused: hospital validates or keeps records and has no key of the role ingest',
    );
    expect(messages).toContain('genesis refused: the parameter maxBlockBytes is 0, not 262160 to 35651584');
    expect(messages).toContain('genesis refused: the release key of hospital is none that works');
    expect(messages).toContain('genesis refused: consensus_params.block.max_bytes is 22020096 and must be 37748736');
  });

  const withParameters = (change: object): string => {
    const document = JSON.parse(text) as {consensus_params: object};
    return JSON.stringify({...document, consensus_params: {...document.consensus_params, ...change}});
  };

  it.each<[string, object]>([
    ['no parameters about the application', {abci: undefined}],
    ['null for them', {abci: null}],
    ['no height in them', {abci: {}}],
    ['null for the height', {abci: {vote_extensions_enable_height: null}}],
    ['the height 0', {abci: {vote_extensions_enable_height: '0'}}],
  ])('takes vote extensions that are off: %s', (_what, change) => {
    expect(parseGenesis(withParameters(change)).validators).toHaveLength(4);
  });

  const MALFORMED = [
    '',
    ' ',
    '1',
    '-1',
    '+0',
    '00',
    '0x0',
    '0.0',
    '1e3',
    'null',
    ' 0',
    '9'.repeat(30),
    0,
    1,
    true,
    [],
    {},
  ];
  it.each(MALFORMED)('refuses %j for the height of vote extensions', (height) => {
    expect(() => parseGenesis(withParameters({abci: {vote_extensions_enable_height: height}}))).toThrow(MalformedError);
  });

  it.each(['', 'x', 7, [], true])('refuses %j for whole sections, and for sizes', (value) => {
    for (const change of [{abci: value}, {block: value}, {evidence: value}])
      expect(() => parseGenesis(withParameters(change))).toThrow(MalformedError);
    for (const name of ['block', 'evidence'])
      expect(() => parseGenesis(withParameters({[name]: {max_bytes: value}}))).toThrow(MalformedError);
  });

  it.each(['', '[]', 'null', '{"chain_id":"a"'])('refuses %j, which is no object', (file) => {
    expect(() => parseGenesis(file)).toThrow(MalformedError);
    expect(() => parseGenesis(file)).not.toThrow(InvalidGenesisError);
  });
});

it('bounds every parameter that there is', () => {
  expect(Object.keys(PARAMETER_BOUNDS).toSorted()).toEqual(
    ParametersSchema.fields.map(({localName}) => localName).toSorted(),
  );
});
