import {chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {inspect} from 'node:util';
import {deriveKey, openKeyFile, readSecretFile, sealKeyFile, writeSecretFile} from './key-file.js';

interface KeyFileJson {
  format: string;
  kdf: {N: number; salt: string};
  nonce: string;
  ciphertext: string;
}

describe('key file', () => {
  const secrets = JSON.stringify({signing: '11'.repeat(32), note: 'Zürich'});
  const derived = deriveKey('correct horse');
  const sealed = sealKeyFile(secrets, derived);
  const changed = (change: (file: KeyFileJson) => void) => {
    const file = JSON.parse(sealed) as KeyFileJson;
    change(file);
    return JSON.stringify(file);
  };

  it('opens with its passphrase and holds no secret in clear', () => {
    expect(openKeyFile(sealed, 'correct horse').secrets).toBe(secrets);
    expect(sealed).not.toContain('1111');
  });

  it('says no to another passphrase', () => {
    expect(() => openKeyFile(sealed, 'correct horsf')).toThrow(expect.objectContaining({code: 'passphrase-wrong'}));
  });

  it('never makes the same file or key twice', () => {
    expect(sealKeyFile(secrets, derived)).not.toBe(sealed);
    expect(deriveKey('correct horse').key).not.toEqual(derived.key);
  });

  it('can be sealed anew with what opening it derived', () => {
    const opened = openKeyFile(sealed, 'correct horse');
    expect(openKeyFile(sealKeyFile('changed', opened.derived), 'correct horse').secrets).toBe('changed');
  });

  it.each<[string, (file: KeyFileJson) => void]>([
    [
      'a byte of the ciphertext',
      (file) => {
        file.ciphertext = file.ciphertext.replace(/^../, (b) => (b === '00' ? '01' : '00'));
      },
    ],
    [
      'the salt',
      (file) => {
        file.kdf.salt = '00'.repeat(16);
      },
    ],
    [
      'the nonce',
      (file) => {
        file.nonce = '00'.repeat(12);
      },
    ],
    [
      'weaker parameters',
      (file) => {
        file.kdf.N = 1024;
      },
    ],
  ])('says no when %s was changed', (_what, change) => {
    expect(() => openKeyFile(changed(change), 'correct horse')).toThrow(
      expect.objectContaining({code: 'passphrase-wrong'}),
    );
  });

  it.each([
    '',
    '{}',
    'not json',
    changed((file) => Object.assign(file, {format: 'vitalvault-key-file/2'})),
    changed((file) => Object.assign(file, {kdf: {name: 'scrypt', N: 2 ** 30, r: 8, p: 1, salt: ''}})),
  ])('refuses what is no key file of this version (%#)', (text) =>
    expect(() => openKeyFile(text, 'x')).toThrow(expect.objectContaining({code: 'key-file-invalid'})),
  );

  it('quotes nothing of a key that is given in its place', () => {
    let thrown: unknown;
    try {
      openKeyFile('{"privateKey":ad95f59f0f}', 'x');
    } catch (error) {
      thrown = error;
    }
    expect(inspect(thrown, {depth: 5})).toContain('key-file-invalid');
    expect(inspect(thrown, {depth: 5})).not.toContain('ad95');
  });

  describe('on disk', () => {
    const dir = mkdtempSync(join(tmpdir(), 'vv-key-'));
    const path = join(dir, 'keys.json');
    afterAll(() => rmSync(dir, {recursive: true}));

    it('is written for its owner alone and replaced as a whole', () => {
      writeSecretFile(path, 'one');
      writeSecretFile(path, 'two');
      expect(readSecretFile(path)).toBe('two');
      expect(statSync(path).mode & 0o777).toBe(0o600);
    });

    it('is refused when the group may read it', () => {
      writeFileSync(path, readFileSync(path), {});
      chmodSync(path, 0o640);
      expect(() => readSecretFile(path)).toThrow(expect.objectContaining({code: 'key-file-readable'}));
    });

    it('is missed with a remedy', () => {
      expect(() => readSecretFile(join(dir, 'none'))).toThrow(expect.objectContaining({code: 'key-file-missing'}));
    });
  });
});
