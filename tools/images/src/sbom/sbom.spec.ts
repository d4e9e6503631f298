import {describe, expect, it} from '@jest/globals';
import {makeBom} from './bom.js';
import {debianComponents} from './debian-components.js';
import {goComponents} from './go-components.js';
import {mavenComponents} from './maven-components.js';
import {npmComponents} from './npm-components.js';

const SUBJECT = {name: 'localhost/vitalvault/x', version: '1.0.0', created: new Date(0)};

describe('npmComponents', () => {
  const hash = Buffer.alloc(64, 1);
  const lock = {
    'node_modules/@a/b': {
      version: '1.2.3',
      integrity: `sha512-${hash.toString('base64')}`,
      license: '(MIT OR Apache-2.0)',
    },
    'node_modules/c/node_modules/@a/b': {version: '1.2.3'},
    'node_modules/d': {version: '1.0.0+x', license: 'SEE LICENSE IN file'},
  };
  const components = npmComponents(lock, Object.keys(lock));

  it('is one component for a version, with purl', () => {
    expect(components.map((c) => c.purl)).toEqual(['pkg:npm/%40a/b@1.2.3', 'pkg:npm/d@1.0.0%2Bx']);
  });
  it('states an expression as one, and other words as a name', () => {
    expect(components[1]?.licenses).toEqual([{license: {name: 'SEE LICENSE IN file'}}]);
    expect(npmComponents(lock, ['node_modules/@a/b'])[0]).toMatchObject({
      licenses: [{expression: '(MIT OR Apache-2.0)'}],
      hashes: [{alg: 'SHA-512', content: hash.toString('hex')}],
    });
  });
});

describe('goComponents', () => {
  const output =
    '/x: go1.26.8\n\tpath\tx/cmd\n\tmod\town\t(devel)\t\n\tdep\tgithub.com/a/b\tv1.0.0\th1:abc=\n\tdep\tgithub.com/c/d\tv1.0.0\n\t=>\tgithub.com/e/f\tv2.0.0\th1:def=\n\tbuild\t-trimpath=true\n';

  it('names the standard library, the modules, and what replaces one', () => {
    expect(goComponents(output).map((c) => c.purl)).toEqual([
      'pkg:golang/std@1.26.8',
      'pkg:golang/github.com/a/b@v1.0.0',
      'pkg:golang/github.com/e/f@v2.0.0',
    ]);
  });
  it('refuses what is no Go binary', () => {
    expect(() => goComponents('x: not executable')).toThrow('no modules');
  });
});

describe('mavenComponents', () => {
  const sum = 'a'.repeat(64);
  const list =
    '\nThe following files have been resolved:\n   org.x:y:jar:1.0:compile -- module y\n   io.n:e:jar:linux-x86_64:4.1:runtime\n';

  it('gives each jar its origin', () => {
    expect(mavenComponents(list, `${sum}  y-1.0.jar\n${sum}  e-4.1-linux-x86_64.jar\n`).map((c) => c.purl)).toEqual([
      'pkg:maven/org.x/y@1.0',
      'pkg:maven/io.n/e@4.1',
    ]);
  });
  it('names a jar of unknown origin', () => {
    expect(() => mavenComponents(list, `${sum}  z-1.jar\n`)).toThrow('z-1.jar');
  });
});

describe('debianComponents', () => {
  it('takes installed packages, versions escaped', () => {
    const [one, ...others] = debianComponents(
      'libc6\t2.36-9+deb12u14\tamd64\tinstalled\ngone\t1\tamd64\tconfig-files\n',
    );
    expect(one?.purl).toBe('pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=amd64&distro=debian-12');
    expect(others).toEqual([]);
  });
  it('refuses a base without packages', () => {
    expect(() => debianComponents('')).toThrow();
  });
});

describe('makeBom', () => {
  const [a, b] = debianComponents('a\t1\tall\tinstalled\nb\t1\tall\tinstalled\n') as [
    ReturnType<typeof debianComponents>[0],
    ReturnType<typeof debianComponents>[0],
  ];

  it('is the same for the same contents in any order, and another for others', () => {
    expect(makeBom(SUBJECT, [a, b])).toEqual(makeBom(SUBJECT, [b, a]));
    expect(makeBom(SUBJECT, [a]).serialNumber).not.toBe(makeBom(SUBJECT, [b]).serialNumber);
    expect(makeBom(SUBJECT, [a]).serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
  it.each([
    ['name', {name: ''}],
    ['version', {version: ''}],
    ['purl', {purl: 'pkg:deb/x'}],
  ])('refuses a component without %s', (_, fault) => {
    expect(() => makeBom(SUBJECT, [{...a, ...fault}])).toThrow('not named');
  });
  it('refuses a component that is there twice', () => {
    expect(() => makeBom(SUBJECT, [a, a])).toThrow('twice');
  });
});
