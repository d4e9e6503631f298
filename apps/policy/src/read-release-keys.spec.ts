import {create} from '@bufbuild/protobuf';
import {ALG_X25519, ORG_ROLE, keyId, toHex} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {testEncryptionKey} from '@vitalvault/ledger-state/testing';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {readReleaseKeys} from './read-release-keys.js';

const dir = mkdtempSync(join(tmpdir(), 'vv-release-keys-'));
afterAll(() => rmSync(dir, {recursive: true}));

const NOW = 1_000;
// One that ended, the one of today, one that begins tomorrow, and another organisation's.
const slots = {
  ended: {fromSlot: 0, toSlot: NOW - 1},
  current: {fromSlot: NOW, toSlot: NOW + 23},
  coming: {fromSlot: NOW + 24, toSlot: 0},
};
type Name = keyof typeof slots;
const names = Object.keys(slots) as Name[];
const entry = (name: string, validity: object) => ({
  key: {alg: ALG_X25519, publicKey: testEncryptionKey(name).publicKey},
  role: ORG_ROLE.release,
  ...validity,
});
const organisation = 'aa'.repeat(20);
const genesis = create(GenesisSchema, {
  organisations: [
    {id: Buffer.from(organisation, 'hex'), keys: names.map((name) => entry(name, slots[name]))},
    {id: Buffer.from('bb'.repeat(20), 'hex'), keys: [entry('their', {fromSlot: 0, toSlot: 0})]},
  ],
});
const file = (name: string): string => {
  const {publicKey, privateKey} = testEncryptionKey(name);
  const path = join(dir, `${name}.json`);
  const json = {alg: ALG_X25519, publicKey: toHex(publicKey), privateKey: toHex(privateKey)};
  writeFileSync(path, JSON.stringify(json), {mode: 0o600});
  return path;
};
const idOf = (name: string): string => toHex(keyId({alg: ALG_X25519, publicKey: testEncryptionKey(name).publicKey}));
const read = (...files: string[]) => readReleaseKeys(files.map(file), {genesis, organisation});

describe('the release keys of policy', () => {
  it('are all of its organisation: what was acknowledged under any of them stays releasable', () => {
    expect(read('current', 'ended', 'coming').map(({id}) => toHex(id))).toEqual(
      ['current', 'ended', 'coming'].map(idOf),
    );
  });

  it.each(names)('must not lack the one that is %s', (lacking) => {
    const others = names.filter((name) => name !== lacking);
    expect(() => read(...others)).toThrow(`VITALVAULT_RELEASE_KEY_FILE: no file holds release key ${idOf(lacking)}`);
  });

  it("must not be another organisation's", () => {
    expect(() => read(...names, 'their')).toThrow('VITALVAULT_RELEASE_KEY_FILE: the genesis does not name this key');
  });
});
