import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {inspect} from 'node:util';
import {readOrganisationKey} from './organisation-key.js';

const dir = mkdtempSync(join(tmpdir(), 'vv-office-'));
const path = join(dir, 'sponsor.key.json');

describe('readOrganisationKey', () => {
  afterAll(() => rmSync(dir, {recursive: true}));

  it.each(['{"privateKey":ad95f59f0f}', 'ad95f59f0f', '{"alg":16,"publicKey":"","privateKey":"ad95f59f0f"}'])(
    'quotes nothing of %s',
    (text) => {
      writeFileSync(path, text, {mode: 0o600});
      let thrown: unknown;
      try {
        readOrganisationKey(path);
      } catch (error) {
        thrown = error;
      }
      expect(inspect(thrown, {depth: 5})).toContain('holds no signing key');
      expect(inspect(thrown, {depth: 5})).not.toContain('ad95');
    },
  );
});
