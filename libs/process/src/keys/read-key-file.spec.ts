import {fromHex, toHex} from '@vitalvault/contracts';
import {testEncryptionKey, testKey} from '@vitalvault/ledger-state/testing';
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {ConfigError} from '../config/config-error.js';
import {readKeyFile} from './read-key-file.js';

const release = testEncryptionKey('release');
const good = {alg: 16, publicKey: toHex(release.publicKey), privateKey: toHex(release.privateKey)};
const signing = testKey('policy');
const dir = mkdtempSync(join(tmpdir(), 'vv-key-'));
const file = (content: object | string, mode = 0o600): string => {
  const path = join(dir, 'key.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(path, mode);
  return path;
};

describe('readKeyFile', () => {
  afterAll(() => rmSync(dir, {recursive: true}));

  it('reads a release key and a signing key', () => {
    expect(readKeyFile('release', file(good))).toEqual({
      alg: 16,
      publicKey: release.publicKey,
      privateKey: release.privateKey,
    });
    const json = {alg: 1, publicKey: toHex(signing.key.publicKey), privateKey: toHex(signing.privateKey)};
    expect(readKeyFile('storage', file(json)).publicKey).toEqual(signing.key.publicKey);
  });

  it.each<[string, object | string, string]>([
    ['of another algorithm', {...good, alg: 1}, 'another algorithm'],
    ['of no algorithm that we have', {...good, alg: 2}, 'another algorithm'],
    ['with halves of two keys', {...good, publicKey: toHex(testEncryptionKey('other').publicKey)}, 'belong together'],
    ['with a short private key', {...good, privateKey: '00'}, 'not a private key'],
    ['with a long private key', {...good, privateKey: `${good.privateKey}00`}, 'not a private key'],
    ['with something more', {...good, comment: 'x'}, 'not a key file'],
    ['that is no JSON', `{"privateKey":${good.privateKey}}`, 'not a key file'],
    ['that is the bare key', good.privateKey, 'not a key file'],
    ['whose names are the key', {[good.privateKey]: 1}, 'not a key file'],
    ['that is empty', '', 'not a key file'],
  ])('refuses a file %s and tells nothing that is in it', (_what, content, words) => {
    const error = thrownBy(() => readKeyFile('release', file(content)));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(new RegExp(`^configuration: VITALVAULT_RELEASE_KEY_FILE: .*${words}`));
    expect(error.cause).toBeUndefined();
    expect(`${error.message}${error.stack ?? ''}`).not.toContain(good.privateKey.slice(0, 4));
  });

  it.each([0o640, 0o604, 0o644, 0o660])('refuses a file of mode %o', (mode) => {
    expect(() => readKeyFile('release', file(good, mode))).toThrow('chmod 600');
  });

  it('names the setting of a file that is missing', () => {
    expect(() => readKeyFile('ingest', join(dir, 'none'))).toThrow(
      'VITALVAULT_INGEST_KEY_FILE: the file cannot be read (ENOENT)',
    );
  });

  it('refuses the scalar zero', () => {
    const json = {alg: 1, publicKey: toHex(signing.key.publicKey), privateKey: toHex(fromHex('00'.repeat(32)))};
    expect(() => readKeyFile('policy', file(json))).toThrow('not a private key');
  });
});

function thrownBy(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
