import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {shellBlocks} from '../k8s/e2e/src/documents/shell-blocks.js';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const README = read('README.md');
const PAGES = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'docs/known-issues.md',
  'docs/roadmap.md',
  'docs/operations/one-machine.md',
  'docs/operations/install.md',
];
/** A command may start programs under load. */
const PATIENCE_MS = 120_000;

describe('README.md', () => {
  const blocks = shellBlocks(README);

  it('says of each block of commands what runs it, or why nothing does', () => {
    const fences = README.match(/^```/gm)?.length ?? 0;
    expect(blocks).toHaveLength(fences / 2);
    const claims = blocks.map(({runBy, notRun}) => runBy ?? (notRun === undefined ? 'nobody' : 'marked'));
    expect(new Set(claims)).toEqual(new Set(['make test', 'make e2e-k8s', 'marked']));
  });

  it('is at most 120 lines, and is no older than the tree', () => {
    expect(README.trimEnd().split('\n').length).toBeLessThanOrEqual(120);
    const projects = ['libs', 'apps'].flatMap((group) =>
      readdirSync(join(root, group)).map((name) => `${group}/${name}`),
    );
    const there = projects.filter((project) => existsSync(join(root, project, 'package.json')));
    expect(there.filter((project) => !README.includes(`\`${project}\``))).toEqual([]);
    const named = [...README.matchAll(/`((?:libs|apps|docs|test|tools|deploy|engines|proto)\/[^`*]*)`/g)];
    expect(named.map(([, path = '']) => path).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  describe('with its commands for this machine typed as they stand there', () => {
    let bin: string;
    // Without start files: bash takes a socket as its standard input for a login over the network, and reads them.
    const typed = (commands: string) =>
      spawnSync('bash', ['--norc', '--noprofile', '-euo', 'pipefail', '-c', commands], {
        cwd: root,
        env: {...process.env, MAKEFLAGS: '', NODE_OPTIONS: '', PATH: `${bin}:${process.env['PATH']}`},
        encoding: 'utf8',
      });

    // No command of the page may install anything in a tree whose packages are not those of the lock file.
    beforeAll(async () => {
      bin = await mkdtemp(join(tmpdir(), 'vv-front-door-'));
      await writeFile(join(bin, 'npm'), '#!/bin/sh\nexit 1\n');
      await chmod(join(bin, 'npm'), 0o755);
    });
    afterAll(() => rm(bin, {recursive: true}));

    it.each(blocks.filter(({runBy}) => runBy === 'make test').map(({commands, line}) => [line, commands] as const))(
      'line %i does what it says',
      (_, commands) => {
        const {status, stdout, stderr} = typed(commands);
        expect({status, stderr}).toEqual({status: 0, stderr: ''});
        expect(stdout.length).toBeGreaterThan(100);
      },
      PATIENCE_MS,
    );

    it('those for a cluster import every image before anything is installed', async () => {
      const programs = ['make', 'ctr', 'helm'];
      for (const program of programs) {
        await writeFile(join(bin, program), `#!/bin/sh\necho ${program} "$@"\n`);
        await chmod(join(bin, program), 0o755);
      }
      const [block] = blocks.filter(({runBy}) => runBy === 'make e2e-k8s');
      const {status, stdout} = typed(block?.commands ?? '');
      for (const program of programs) await rm(join(bin, program));
      expect(status).toBe(0);
      const [first, ...rest] = stdout.trim().split('\n');
      const images = read('deploy/helm/vitalvault/images.txt').trim().split('\n');
      expect(first).toBe('make images');
      const archives = images.map((image) => `/${image.split('/').at(-1)?.split(':')[0]}.tar`);
      const imports = rest.slice(0, images.length);
      expect(imports.filter((line, n) => !line.startsWith('ctr ') || !line.endsWith(archives[n] ?? ' '))).toEqual([]);
      const [install = '', test, ...more] = rest.slice(images.length);
      expect([install.split(' ')[1], test, more]).toEqual(['install', expect.stringMatching(/^helm test vv /), []]);
      const files = [...install.matchAll(/deploy\/\S+/g)].map(([path]) => path);
      expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    });
  });
});

describe('the pages at the front door', () => {
  it.each(PAGES)('%s leads only to what is there', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const local = links.filter((target) => !/^(https:|#)/.test(target)).map((target) => target.replace(/#.*$/, ''));
    expect(local.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });

  it('ask for the Go that every engine needs, as the bootstrap does', () => {
    const modules = readdirSync(join(root, 'engines')).map((name) => `engines/${name}/go.mod`);
    const versions = modules
      .filter((path) => existsSync(join(root, path)))
      .map((path) => Number(/^go 1\.(\d+)/m.exec(read(path))?.[1]));
    const go = `1.${Math.max(...versions)}`;
    expect(README).toContain(`Go ≥ ${go},`);
    expect(read('engines/README.md')).toContain(`Go ≥ ${go},`);
    expect(read('tools/bootstrap.mjs')).toContain(`least: '${go}'`);
  });

  it('name one version, that of the packages and of the chart', () => {
    const {version} = JSON.parse(read('package.json')) as {version: string};
    expect(read('CHANGELOG.md').match(/^## .*$/gm)).toEqual([`## [${version}] - unreleased`]);
    expect(read('deploy/helm/vitalvault/Chart.yaml')).toContain(`\nversion: ${version}\nappVersion: ${version}\n`);
  });

  it('keep the known issues tied to the steps of the roadmap', () => {
    const steps = [...read('docs/roadmap.md').matchAll(/^(\d)\. \*\*/gm)].map(([, step]) => step);
    expect(steps).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    const issues =
      read('docs/known-issues.md')
        .replaceAll('\n  ', ' ')
        .match(/^- .*$/gm) ?? [];
    expect(issues.length).toBeGreaterThan(20);
    expect(issues.filter((issue) => !/ \(([1-7]|later)[^()]*\)$/.test(issue))).toEqual([]);
  });
});

describe('each library says at its door for whom it is', () => {
  const libraries = readdirSync(join(root, 'libs')).filter((name) =>
    existsSync(join(root, 'libs', name, 'package.json')),
  );

  it.each(libraries)('%s', (name) => {
    const path = `libs/${name}/README.md`;
    expect(existsSync(join(root, path)) ? '' : `${path} is missing`).toBe('');
    const text = read(path);
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(12);
    expect(text).toMatch(/^# @vitalvault\/.+\n\nFor [^]+\bIt never [^]+\nRead first: /);
    const files = [...text.matchAll(/`((?:src|tools)\/[^`]*)`/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(0);
    const missing = files.filter(
      (file) => ![join('libs', name), '.'].some((base) => existsSync(join(root, base, file))),
    );
    expect(missing).toEqual([]);
  });
});
