import {afterEach, beforeEach, describe, expect, it} from '@jest/globals';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {REPOSITORY} from '../config.js';
import {processNames} from '../plan/names.js';
import {verifyJars} from './build-maven.js';
import {engineBuild} from './cache.js';
import {ENGINES, engineOf} from './catalogue.js';
import {hint} from './run-tool.js';

/** Those that stand on little, or have all in one jar: lines of their checksums. */
const SMALL: Readonly<Record<string, number>> = {kubeconform: 40, zipkin: 1};

describe('the committed engines', () => {
  it.each(ENGINES.map((e) => [e.name, e] as const))('%s names its version and its checksums', async (name, engine) => {
    const build = await engineBuild(engine);
    expect(build.version).toMatch(/^\d+\.\d+\.\d+$/);
    const sums = await readFile(
      join(REPOSITORY, 'engines', name, engine.kind === 'go' ? 'go.sum' : 'jars.sha256'),
      'utf8',
    );
    expect(sums.split('\n').length).toBeGreaterThan(SMALL[name] ?? 50);
    if (engine.kind === 'go') expect(sums).toContain(`${engine.versionOf} v${build.version} h1:`);
  });

  it('are built anew when the linker is told something else', async () => {
    const helm = ENGINES.find(({name}) => name === 'helm');
    if (helm?.kind !== 'go') throw new Error('no helm');
    const [now, without] = await Promise.all([engineBuild(helm), engineBuild({...helm, linkVariables: {}})]);
    expect(now.target).not.toBe(without.target);
  });

  it('are built anew when something else is left out', async () => {
    const prometheus = ENGINES.find(({name}) => name === 'prometheus');
    if (prometheus?.kind !== 'go') throw new Error('no prometheus');
    const [now, whole] = await Promise.all([engineBuild(prometheus), engineBuild({...prometheus, tags: []})]);
    expect(now.target).not.toBe(whole.target);
  });

  it('has an engine for every process that is neither Node nor PostgreSQL', () => {
    const without = processNames(1).filter((name) => engineOf(name) === undefined);
    expect(without).toEqual(['zipkin-feed', 'postgres', 'abci-0', 'policy', 'notify', 'storage', 'ingest']);
  });
});

describe('verifyJars', () => {
  let lib: string;
  // SHA-256 of "abc" (FIPS 180-4).
  const list = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.jar\n';

  beforeEach(async () => {
    lib = await mkdtemp(join(tmpdir(), 'vv-jars-'));
    await writeFile(join(lib, 'a.jar'), 'abc');
  });
  afterEach(async () => {
    await rm(lib, {recursive: true});
  });

  it('accepts exactly the named bytes', async () => {
    await expect(verifyJars(lib, list, 'jars.sha256')).resolves.toBeUndefined();
  });

  it('names a jar with other bytes', async () => {
    await writeFile(join(lib, 'a.jar'), 'abd');
    await expect(verifyJars(lib, list, 'jars.sha256')).rejects.toThrow('a.jar has SHA-256');
  });

  it('names a jar that nobody asked for', async () => {
    await writeFile(join(lib, 'b.jar'), '');
    await expect(verifyJars(lib, list, 'jars.sha256')).rejects.toThrow('b.jar is not in jars.sha256');
  });

  it('names a jar that did not come', async () => {
    await rm(join(lib, 'a.jar'));
    await expect(verifyJars(lib, list, 'jars.sha256')).rejects.toThrow('a.jar is missing');
  });
});

describe('hint', () => {
  it.each([
    ['write /x: no space left on device', 'The disk is full'],
    ['verifying module: checksum mismatch\nSECURITY ERROR', 'do not use it'],
    ['dial tcp: lookup proxy.golang.org: no such host', 'network'],
    ['Could not find artifact io.zipkin:zipkin-server:jar:exec:3.5.1 in mirror', 'does not have it'],
  ])('explains %p', (output, words) => {
    expect(hint(output)).toContain(words);
  });

  it('says nothing about what it does not know', () => {
    expect(hint('undefined: x')).toBe('');
  });
});
