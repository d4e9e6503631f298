import {existsSync} from 'node:fs';
import {join, relative} from 'node:path';
import {scratchDir} from '../../test/scratch-ledger.js';
import {makeDirectory, SYSTEM_CALLS} from './durable-file.js';

test('a directory is made with those above it, and each name is synced, whether the path is absolute or not', () => {
  const root = scratchDir();
  for (const path of [join(root.path, 'a/b/c'), relative('.', join(root.path, 'd/e')), `${root.path}/f/`]) {
    const synced: string[] = [];
    const calls = {...SYSTEM_CALLS, syncDirectory: (one: string) => synced.push(relative(root.path, one))};
    makeDirectory(path, calls);
    expect(existsSync(path)).toBe(true);
    expect(synced).toEqual({a: ['a/b', 'a', ''], d: ['d', ''], f: ['']}[relative(root.path, path).charAt(0)]);
    makeDirectory(path, calls);
    expect(synced.length).toBeLessThan(4);
  }
  root.remove();
});
