import {describe, expect, it} from '@jest/globals';
import type {ParsedGenesis} from '@vitalvault/light-client';
import {MADE_UP_TRUST, signHeader} from '@vitalvault/light-client/testing';
import {SdkError} from '../sdk-error.js';
import type {SdkCode} from '../sdk-errors.js';
import {askWitnesses} from './ask-witnesses.js';
import type {Witness} from './witnesses.js';

const header = (height: bigint, signers?: number): object =>
  JSON.parse(signHeader({height, appHash: new Uint8Array(32)}, signers)) as object;
const witness = (name: string, given: object | undefined): Witness => ({name, headerAt: () => Promise.resolve(given)});
const asked = (...witnesses: Witness[]): Promise<string[]> =>
  askWitnesses(witnesses, {
    height: 7n,
    needed: 1,
    genesis: MADE_UP_TRUST as ParsedGenesis,
    sleep: () => Promise.resolve(),
  }).then(({given}) => given.map(({name}) => name));

describe('askWitnesses', () => {
  it('ends with the first who gives a header of that height', async () => {
    expect(await asked(witness('one', header(7n)), witness('two', header(7n)))).toEqual(['one']);
  });

  it('tells who gave none, and why: not reached is another matter than not there', async () => {
    const silentFor = (name: string, code: SdkCode): Witness => ({
      name,
      headerAt: () => Promise.reject(new SdkError(code)),
    });
    const {given, silent} = await askWitnesses(
      [
        silentFor('down', 'network'),
        silentFor('behind', 'not-found'),
        silentFor('none of that number', 'invalid-field'),
        witness('odd', undefined),
      ],
      {height: 7n, needed: 1, genesis: MADE_UP_TRUST as ParsedGenesis, sleep: () => Promise.resolve()},
    );
    expect(given).toEqual([]);
    expect(silent).toEqual([
      {name: 'down', reason: 'network'},
      {name: 'behind', reason: 'not-found'},
      {name: 'odd', reason: 'answer-malformed'},
    ]);
  });

  it.each<[string, object | undefined]>([
    ['a header of an earlier height', header(6n)],
    ['a header of a later height', header(8n)],
    ['a header that too few signed', header(7n, 2)],
    ['no header', {}],
  ])('asks on when one gives %s', async (_what, given) => {
    expect(await asked(witness('one', given), witness('two', header(7n)), witness('three', header(7n)))).toEqual([
      'one',
      'two',
    ]);
  });
});
