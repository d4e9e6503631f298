import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {databaseConnection} from './database-connection.js';

const dir = mkdtempSync(join(tmpdir(), 'vv-spec-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text, {mode: 0o600});
  return join(dir, name);
};
const databaseUrl = 'postgres://vv@db.example:5433/vv_storage';
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';

afterAll(() => {
  rmSync(dir, {recursive: true});
});

describe('databaseConnection', () => {
  it('puts the password of the file into the URL, whatever characters it has', () => {
    const {connectionString, ssl} = databaseConnection({
      databaseUrl,
      databasePasswordFile: file('password', 'p@ss/%:?#\n'),
    });
    expect(decodeURIComponent(new URL(connectionString).password)).toBe('p@ss/%:?#');
    expect(new URL(connectionString).host).toBe('db.example:5433');
    expect(ssl).toBeUndefined();
  });

  it('checks certificate and host with a CA file', () => {
    expect(databaseConnection({databaseUrl, databaseCaFile: file('ca', CERTIFICATE)}).ssl).toEqual({
      ca: CERTIFICATE,
      checkServerIdentity: expect.any(Function),
      rejectUnauthorized: true,
      host: 'db.example',
    });
    expect(
      databaseConnection({databaseUrl: 'postgres://vv@[::1]/x', databaseCaFile: file('ca', CERTIFICATE)}).ssl?.host,
    ).toBe('::1');
  });

  it.each([
    [
      'is missing',
      (): string => join(dir, 'nowhere'),
      'VITALVAULT_DATABASE_PASSWORD_FILE: the file cannot be read (ENOENT)',
    ],
    ['is empty', (): string => file('empty', '\n'), 'VITALVAULT_DATABASE_PASSWORD_FILE: the file is empty'],
  ])('tells when the password file %s', (_what, path, fault) => {
    expect(() => databaseConnection({databaseUrl, databasePasswordFile: path()})).toThrow(fault);
  });

  it('refuses a CA file without a certificate', () => {
    expect(() => databaseConnection({databaseUrl, databaseCaFile: file('wrong', 'hunter2')})).toThrow(
      /^configuration: VITALVAULT_DATABASE_CA_FILE: no PEM certificate in the file$/,
    );
  });
});
