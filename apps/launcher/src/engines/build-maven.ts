import {createHash} from 'node:crypto';
import {copyFile, mkdir, readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {buildEnvironment} from '../config.js';
import {LaunchError} from '../launch-error.js';
import {runTool} from './run-tool.js';
import type {EngineBuild} from './cache.js';

/** Fetches an engine's jars with Maven and takes exactly those that jars.sha256 names, with exactly those bytes. */
export async function buildMaven(build: EngineBuild, into: string): Promise<void> {
  const pom = join(into, 'pom.xml');
  await copyFile(join(build.source, 'pom.xml'), pom);
  const lib = join(into, 'lib');
  await mkdir(lib);
  const args = [
    '-B',
    '-q',
    '-f',
    pom,
    'dependency:copy-dependencies',
    '-DincludeScope=runtime',
    `-DoutputDirectory=${lib}`,
  ];
  await runTool(`fetching ${build.engine.name}`, {command: 'mvn', args, cwd: into, env: buildEnvironment({})});
  const list = join(build.source, 'jars.sha256');
  await verifyJars(lib, await readFile(list, 'utf8'), list);
}

/**
 * @param list lines of `sha256sum`
 * @param file that it is from
 * @throws LaunchError that names every jar that is missing, unknown or different.
 */
export async function verifyJars(lib: string, list: string, file: string): Promise<void> {
  const wanted = new Map(
    list
      .trimEnd()
      .split('\n')
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  );
  const found = (await readdir(lib)).sort();
  const faults = [...wanted.keys()].filter((name) => !found.includes(name)).map((name) => `${name} is missing`);
  for (const name of found) {
    const hash = createHash('sha256')
      .update(await readFile(join(lib, name)))
      .digest('hex');
    const expected = wanted.get(name);
    if (expected === undefined) faults.push(`${name} is not in jars.sha256`);
    else if (hash !== expected) faults.push(`${name} has SHA-256 ${hash}, not ${expected}`);
  }
  if (faults.length > 0)
    throw new LaunchError(`The jars are not those that ${file} names:\n    ${faults.join('\n    ')}`);
}
