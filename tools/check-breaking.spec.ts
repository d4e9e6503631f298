import {afterAll, beforeAll, expect, it, jest} from '@jest/globals';
import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

jest.setTimeout(60_000);
const root = join(import.meta.dirname, '..');
const TX = 'proto/vitalvault/ledger/v1/tx.proto';
const clone = mkdtempSync(join(tmpdir(), 'vv-breaking-'));
const git = (...args: string[]): string => execFileSync('git', args, {cwd: clone, encoding: 'utf8', stdio: 'pipe'});

function check(change?: {from: string; to: string}): {status: number | null; said: string} {
  git('checkout', 'HEAD', '--', 'proto', 'buf.yaml');
  if (change !== undefined) {
    const text = readFileSync(join(clone, TX), 'utf8');
    expect(text).toContain(change.from);
    writeFileSync(join(clone, TX), text.replace(change.from, change.to));
  }
  const {status, stdout, stderr} = spawnSync(process.execPath, [join(root, 'tools/check-breaking.ts'), clone], {
    encoding: 'utf8',
    env: {...process.env, NODE_OPTIONS: ''},
  });
  return {status, said: stdout + stderr};
}

beforeAll(() => {
  git('clone', '--quiet', '--no-checkout', '--no-tags', root, '.');
});
afterAll(() => {
  rmSync(clone, {recursive: true, force: true});
});

it('says that nothing is released while there is no tag, and passes', () => {
  expect(check({from: 'uint32 slot_from = 4;', to: 'bytes slot_from = 4;'})).toMatchObject({
    status: 0,
    said: expect.stringContaining('nothing is released yet'),
  });
});

it('passes what is as it was released, and what has only more', () => {
  git('tag', 'v0.1.0');
  expect(check()).toEqual({status: 0, said: 'proto: whoever speaks v0.1.0 understands it\n'});
  const more = {from: 'bytes details_hash = 9;', to: 'bytes details_hash = 9;\n  uint32 max_rows = 10;'};
  expect(check(more)).toMatchObject({status: 0});
});

it.each([
  ['another type', 'uint32 slot_from = 4;', 'bytes slot_from = 4;', 'slot_from'],
  ['another number', 'bytes reader_key = 8;', 'bytes reader_key = 10;', 'RequestAccess'],
  ['another name', 'uint32 purpose = 6;', 'uint32 reason = 6;', 'purpose'],
  ['a field that is gone', '  bytes details_hash = 9;\n', '', 'RequestAccess'],
])('fails for %s', (_what, from, to, named) => {
  const {status, said} = check({from, to});
  expect(status).not.toBe(0);
  expect(said).toContain(named);
  expect(said).toContain('breaks whoever speaks v0.1.0');
});
