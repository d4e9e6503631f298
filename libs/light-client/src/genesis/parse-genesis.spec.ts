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
    expect(messages).toContain('genesis refused: the parameter maxBlockBytes is 0, not 262144 to 35651584');
    expect(messages).toContain('genesis refused: the release key of hospital is none that works');
    expect(messages).toContain('genesis refused: consensus_params.block.max_bytes is 22020096 and must be 37748736');
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
