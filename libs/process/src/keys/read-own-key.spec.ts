import type {OrganisationRole} from '@vitalvault/contracts';
import {OwnFiles} from '../../testing/own-files.js';
import {readOwnGenesis} from './read-own-genesis.js';
import {readOwnKey} from './read-own-key.js';

const files = new OwnFiles();
const {genesis} = readOwnGenesis(files.settings);
const own = {genesis, organisation: files.settings.organisation};

afterAll(() => files.remove());

describe('readOwnKey', () => {
  it('reads the key that the genesis names for this organisation and role', () => {
    expect(readOwnKey('storage', files.key('storage'), own).alg).toBe(1);
  });

  it.each<[string, OrganisationRole, string]>([
    ['of nobody', 'storage', 'unknown'],
    ['of another organisation', 'storage', 'their'],
    ['of another role', 'ingest', 'own'],
  ])('refuses a key %s', (_what, role, whose) => {
    expect(() => readOwnKey('storage', files.key(role, whose), own)).toThrow(
      'VITALVAULT_STORAGE_KEY_FILE: the genesis does not name this key as a storage key of this organisation',
    );
  });
});

describe('readOwnGenesis', () => {
  it.each<[string, object, string]>([
    ['another chain', {chainId: 'vv-other'}, 'VITALVAULT_GENESIS_FILE: it is of another chain'],
    ['an organisation that is not in it', {organisation: 'cc'.repeat(20)}, 'VITALVAULT_ORGANISATION: the genesis'],
    ['a file that is missing', {genesisFile: '/nowhere'}, 'VITALVAULT_GENESIS_FILE: the file cannot be read (ENOENT)'],
    [
      'a file that is no genesis',
      {genesisFile: files.text('{}')},
      'VITALVAULT_GENESIS_FILE: genesis refused: chain_id',
    ],
  ])('refuses %s', (_what, change, words) => {
    expect(() => readOwnGenesis({...files.settings, ...change})).toThrow(words);
  });
});
