import {mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {SealedFolder, folderKeys} from './sealed-folder.js';

const dir = mkdtempSync(join(tmpdir(), 'vv-sealed-'));
afterAll(() => rmSync(dir, {recursive: true}));
const keys = folderKeys('11'.repeat(32));
let folders = 0;
const folder = (most = 10, secret = keys, at = join(dir, String(++folders))) => ({
  at,
  files: new SealedFolder(at, secret, most),
});
const damaged = expect.objectContaining({code: 'file-damaged'});

describe('a sealed folder', () => {
  it('gives back what was put, to who has the secret alone, from a private place', () => {
    const {files, at} = folder();
    files.put('1-1', 'heart rate 61');
    expect(files.get('1-1')).toBe('heart rate 61');
    expect(files.get('1-2')).toBeUndefined();
    const [name = ''] = readdirSync(at);
    expect(readFileSync(join(at, name), 'latin1')).not.toContain('heart');
    expect([statSync(at).mode & 0o777, statSync(join(at, name)).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(() => folder(10, folderKeys('12'.repeat(32)), at).files.get('1-1')).toThrow(damaged);
  });

  it('takes no file for another one, and none that was changed, cut off or emptied', () => {
    const {files, at} = folder();
    files.put('1-1', 'a');
    const path = join(at, '1-1.sealed');
    const whole = readFileSync(path);
    for (const bytes of [
      whole.subarray(0, -1),
      whole.subarray(0, 5),
      Buffer.alloc(0),
      Buffer.from(whole).fill(0, 12, 13),
    ]) {
      writeFileSync(path, bytes);
      expect(() => files.get('1-1')).toThrow(damaged);
    }
    writeFileSync(path, whole);
    renameSync(path, join(at, '1-2.sealed'));
    expect(() => files.get('1-2')).toThrow(damaged);
    // Nor one of another folder.
    const other = folder();
    other.files.put('x', 'x');
    renameSync(join(at, '1-2.sealed'), join(other.at, '1-1.sealed'));
    expect(() => other.files.get('1-1')).toThrow(damaged);
  });

  it('has a bound, and room again when something is gone', () => {
    const {files, at} = folder(2);
    files.put('a', '1');
    files.put('b', '1');
    files.put('a', '2');
    expect(() => {
      files.put('c', '1');
    }).toThrow(expect.objectContaining({code: 'store-full'}));
    expect(() => {
      folder(2, keys, at).files.put('c', '1');
    }).toThrow(expect.objectContaining({code: 'store-full'}));
    files.remove('a');
    files.put('c', '1');
    expect(files.names()).toEqual(['b', 'c']);
  });

  it('leaves out what a crash left half written', () => {
    const {files, at} = folder();
    files.put('a', '1');
    writeFileSync(join(at, 'b.sealed.1234.tmp'), 'half');
    expect(files.all()).toEqual(['1']);
  });

  it('derives two keys that are neither one another nor the secret', () => {
    const {contents, names} = keys;
    expect(new Set([contents.toString('hex'), names.toString('hex'), '11'.repeat(32)]).size).toBe(3);
    expect(folder().files.secretName('a')).not.toBe(folder(1, folderKeys('12'.repeat(32))).files.secretName('a'));
  });
});
