import {describe, expect, it} from '@jest/globals';
import {isPruned} from './pruned-file.js';
import {importedLibraries, isShipped} from './shipped-file.js';

describe('isPruned', () => {
  it.each([
    'pino/types.d.ts',
    'pino/docs/api.md',
    'rxjs/dist/x.js.map',
    'secp256k1/prebuilds/win32-x64/secp256k1.node',
    'secp256k1/prebuilds/linux-x64/secp256k1.musl.node',
    '@prisma/client/runtime/query_compiler_fast_bg.mysql.js',
    'secp256k1/src/addon.cc',
  ])('leaves out %s', (path) => {
    expect(isPruned(path, 'linux-x64')).toBe(true);
  });

  it.each([
    'pino/pino.js',
    'pino/LICENSE',
    'a/LICENSE.md',
    'a/NOTICE.txt',
    'a/package.json',
    'secp256k1/prebuilds/linux-x64/secp256k1.glibc.node',
    '@prisma/client/runtime/query_compiler_fast_bg.postgresql.mjs',
    'mysql-ish/index.mjs',
  ])('keeps %s', (path) => {
    expect(isPruned(path, 'linux-x64')).toBe(false);
  });
});

describe('isShipped', () => {
  it.each(['main.js', 'adapters/prisma/database.js', 'contesting/x.js'])('ships %s', (path) => {
    expect(isShipped(path)).toBe(true);
  });
  it.each(['main.js.map', 'testing/people.js', 'a/testing/people.js', 'store.contract.js', 'x.spec.js'])(
    'does not ship %s',
    (path) => {
      expect(isShipped(path)).toBe(false);
    },
  );
});

describe('importedLibraries', () => {
  it('finds static and dynamic imports, and parts of a library', () => {
    const code = 'import {a} from "@vitalvault/sdk"; await import(\'@vitalvault/contracts/gen/x\'); import "pino";';
    expect(importedLibraries(code)).toEqual(['libs/sdk', 'libs/contracts']);
  });
});
