import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {toHex} from '@vitalvault/contracts';
import {testEncryptionKey, testKey} from '@vitalvault/ledger-state/testing';
import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {readKeyFile} from './key-file.js';

const {privateKey, publicKey} = testEncryptionKey('release');
const good = {alg: 16, publicKey: toHex(publicKey), privateKey: toHex(privateKey)};

describe('a key file', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'vv-key-'));
  });
  afterAll(() => rm(dir, {recursive: true}));

  const file = async (content: string, mode = 0o600): Promise<string> => {
    const path = join(dir, 'release.key.json');
    await writeFile(path, content, {mode});
    await chmod(path, mode);
    return path;
  };

  it('is read', async () => {
    expect(await readKeyFile(await file(JSON.stringify(good)), 16)).toEqual({alg: 16, publicKey, privateKey});
  });

  it.each<[string, object | string, string]>([
    ['of another algorithm', {...good, alg: 1}, 'another algorithm'],
    [
      'with halves of two keys',
      {...good, publicKey: toHex(testEncryptionKey('other').publicKey)},
      'do not belong together',
    ],
    ['with a short private key', {...good, privateKey: '00'}, 'not a private key'],
    ['with something more', {...good, comment: 'x'}, 'not a key file'],
    ['that is no JSON', `{"privateKey": ${toHex(privateKey)}`, 'not a key file'],
  ])('%s is refused without telling what is in it', async (_what, content, words) => {
    const attempt = readKeyFile(await file(typeof content === 'string' ? content : JSON.stringify(content)), 16);
    await expect(attempt).rejects.toThrow(words);
    await expect(attempt).rejects.not.toThrow(toHex(privateKey));
  });

  it('that others can read is refused', async () => {
    await expect(readKeyFile(await file(JSON.stringify(good), 0o640), 16)).rejects.toThrow('chmod 600');
  });

  it('that is missing is named', async () => {
    await expect(readKeyFile(join(dir, 'none'), 16)).rejects.toThrow('ENOENT');
  });

  it('of a signing key belongs to its public half', async () => {
    const key = testKey('policy');
    const json = {alg: 1, publicKey: toHex(key.key.publicKey), privateKey: toHex(key.privateKey)};
    expect((await readKeyFile(await file(JSON.stringify(json)), 1)).alg).toBe(1);
  });
});
