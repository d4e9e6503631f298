import {describe, expect, it} from '@jest/globals';
import {packageName, productionPackages} from './production-packages.js';
import type {Lock} from './production-packages.js';

const PLATFORM = {os: 'linux', cpu: 'x64', libc: 'glibc'};

const LOCK: Lock = {
  '': {dependencies: {a: '1', plugin: '1'}},
  'libs/own': {dependencies: {d: '1'}},
  'node_modules/a': {
    version: '1.0.0',
    dependencies: {b: '2'},
    peerDependencies: {peer: '1', studio: '1'},
    peerDependenciesMeta: {studio: {optional: true}},
  },
  'node_modules/a/node_modules/b': {version: '2.0.0', dependencies: {c: '1'}},
  'node_modules/b': {version: '1.0.0'},
  'node_modules/c': {version: '1.0.0', dependencies: {b: '1', a: '1'}},
  'node_modules/d': {version: '1.0.0'},
  'node_modules/own': {link: true},
  'node_modules/peer': {version: '1.0.0'},
  'node_modules/plugin': {
    version: '1.0.0',
    optionalDependencies: {'bin-linux': '1', 'bin-musl': '1', 'bin-win': '1', gone: '1'},
  },
  'node_modules/bin-linux': {version: '1.0.0', os: ['linux'], cpu: ['x64'], libc: ['glibc']},
  'node_modules/bin-musl': {version: '1.0.0', os: ['linux'], libc: ['musl']},
  'node_modules/bin-win': {version: '1.0.0', os: ['win32']},
  'node_modules/studio': {version: '1.0.0'},
};

describe('productionPackages', () => {
  const found = productionPackages(LOCK, ['libs/own'], PLATFORM);

  it('takes what Node would find: the copy beside first, then the one above', () => {
    expect(found).toEqual(
      expect.arrayContaining(['node_modules/a/node_modules/b', 'node_modules/b', 'node_modules/c']),
    );
  });
  it('takes the peers that are needed and leaves the optional ones', () => {
    expect(found).toContain('node_modules/peer');
    expect(found).not.toContain('node_modules/studio');
  });
  it('takes the binaries of this platform only', () => {
    expect(found.filter((path) => path.includes('bin-'))).toEqual(['node_modules/bin-linux']);
  });
  it('takes what a workspace needs, and not what nobody asked for', () => {
    expect(found).toContain('node_modules/d');
    expect(productionPackages(LOCK, [], PLATFORM)).not.toContain('node_modules/d');
  });
  it('names a package that is needed and not locked', () => {
    expect(() => productionPackages({'': {dependencies: {lost: '1'}}}, [], PLATFORM)).toThrow('lost');
  });
});

describe('packageName', () => {
  it('is the name of the innermost package', () => {
    expect(packageName('node_modules/a/node_modules/@s/b')).toBe('@s/b');
  });
});
