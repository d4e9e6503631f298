import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {readSecret} from './read-secret.js';

const dir = mkdtempSync(join(tmpdir(), 'vv-secret-'));
const path = join(dir, 'password');

describe('readSecret', () => {
  afterAll(() => rmSync(dir, {recursive: true}));
  beforeEach(() => writeFileSync(path, 'correct horse\n', {mode: 0o600}));

  it('leaves the line end out', () => expect(readSecret('kafkaPasswordFile', path)).toBe('correct horse'));

  it.each([0o644, 0o604, 0o660])('refuses a file of mode %o', (mode) => {
    chmodSync(path, mode);
    expect(() => readSecret('kafkaPasswordFile', path)).toThrow(
      'VITALVAULT_KAFKA_PASSWORD_FILE: others can read the file; chmod 600',
    );
  });
});
