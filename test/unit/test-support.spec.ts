import {execFileSync} from 'node:child_process';
import {join} from 'node:path';

const root = join(import.meta.dirname, '../..');

describe('test support', () => {
  it('lies outside src, in one place of each app and library', () => {
    const files = execFileSync('git', ['ls-files', 'apps', 'libs'], {cwd: root, encoding: 'utf8'}).split('\n');
    expect(files.length).toBeGreaterThan(500);
    expect(files.filter((file) => /\/src\/(.*\/)?testing\//.test(file))).toEqual([]);
  });
});
