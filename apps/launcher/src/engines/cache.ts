import {createHash} from 'node:crypto';
import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {cacheDirectory, REPOSITORY} from '../config.js';
import type {Engine} from './catalogue.js';

/** One engine at one exact version on this kind of machine. */
export interface EngineBuild {
  engine: Engine;
  version: string;
  source: string;
  /** Directory of the finished build; it exists only when the build is complete. */
  target: string;
}

/**
 * Where the build of an engine belongs. Its key is the hash of every file in the engine's folder (go.sum and
 * jars.sha256 among them) and of what compiler and linker are told, so a changed pin is a new build and an unchanged
 * one is never built twice.
 */
export async function engineBuild(engine: Engine): Promise<EngineBuild> {
  const source = join(REPOSITORY, 'engines', engine.name);
  const hash = createHash('sha256');
  const texts = new Map<string, string>();
  for (const name of (await readdir(source)).filter((n) => /\.(go|mod|sum|xml|sha256)$/.test(n)).sort()) {
    const text = await readFile(join(source, name), 'utf8');
    texts.set(name, text);
    hash.update(`${name}\0${String(Buffer.byteLength(text))}\0${text}`);
  }
  if (engine.kind === 'go' && engine.linkVariables !== undefined) hash.update(JSON.stringify(engine.linkVariables));
  if (engine.kind === 'go' && engine.tags !== undefined) hash.update(JSON.stringify(engine.tags));
  const version = versionIn(engine, texts);
  const key = `${engine.name}-${version}-${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 12)}`;
  return {engine, version, source, target: join(cacheDirectory(), 'engines', key)};
}

export async function isBuilt(build: EngineBuild): Promise<boolean> {
  return (await stat(build.target).catch(() => undefined)) !== undefined;
}

function versionIn(engine: Engine, texts: Map<string, string>): string {
  const module = engine.versionOf.replaceAll('.', '\\.');
  const found =
    engine.kind === 'go'
      ? new RegExp(`^(?:require|\\t)\\s*${module} v(\\S+)`, 'm').exec(texts.get('go.mod') ?? '')
      : new RegExp(`<artifactId>${module}</artifactId>\\s*<version>([^<]+)`).exec(texts.get('pom.xml') ?? '');
  return found?.[1] ?? 'unknown';
}
