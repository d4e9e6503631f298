import {mkdir, mkdtemp, rename, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {cacheDirectory} from '../config.js';
import {LaunchError} from '../launch-error.js';
import {requireDiskSpace} from '../process/disk-space.js';
import {withLock} from '../process/lock.js';
import {progress, secondsSince, withHeartbeat} from '../progress.js';
import {buildGo, fetchGo} from './build-go.js';
import {buildMaven} from './build-maven.js';
import {engineBuild, isBuilt} from './cache.js';
import {ENGINES} from './catalogue.js';
import type {EngineBuild} from './cache.js';
import type {GoEngine} from './catalogue.js';

const BUILD_NEEDS_BYTES = 4 * 1024 ** 3;

/** Directory of each engine's finished build. */
export type BuiltEngines = ReadonlyMap<string, string>;

/** Fetches and builds what is missing of `names`; a build that is there is only looked up. */
export async function buildEngines(names: ReadonlySet<string>): Promise<BuiltEngines> {
  const builds = await Promise.all(ENGINES.filter((e) => names.has(e.name)).map(engineBuild));
  if ((await missingOf(builds)).length > 0) {
    const waiting = () => {
      progress('another launcher is building the engines; waiting for it');
    };
    await withLock(`build ${cacheDirectory()}`, waiting, async () => {
      await buildAll(await missingOf(builds));
    });
  }
  return new Map(builds.map((b) => [b.engine.name, b.target]));
}

async function missingOf(builds: EngineBuild[]): Promise<EngineBuild[]> {
  const built = await Promise.all(builds.map(isBuilt));
  return builds.filter((_, i) => built[i] !== true);
}

async function buildAll(missing: EngineBuild[]): Promise<void> {
  if (missing.length === 0) return;
  const cache = cacheDirectory();
  const temporary = join(cache, 'tmp');
  // Under the lock everything in here is left over from a build that was killed.
  await rm(temporary, {recursive: true, force: true});
  await mkdir(temporary, {recursive: true});
  await mkdir(join(cache, 'engines'), {recursive: true});
  await requireDiskSpace(cache, BUILD_NEEDS_BYTES, 'building the engines');
  progress(`building ${missing.map((b) => `${b.engine.name} ${b.version}`).join(', ')} into ${cache}`);

  const start = Date.now();
  const [maven, go] = [missing.filter((b) => b.engine.kind === 'maven'), missing.filter((b) => b.engine.kind === 'go')];
  const fetches = fetchInTurn(go);
  const lanes = [
    inTurn(maven, (build) =>
      finish(build, temporary, async (into) => {
        await buildMaven(build, into);
      }),
    ),
    // The compiler keeps all cores busy, so one engine after the other, while the next one's sources are fetched.
    inTurn(go, (build) =>
      finish(build, temporary, async (into) => {
        await fetches.get(build);
        await buildGo(build, build.engine as GoEngine, into);
      }),
    ),
  ];
  const results = await Promise.allSettled(lanes);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  progress(`engines built in ${secondsSince(start)}`);
}

async function finish(build: EngineBuild, temporary: string, work: (into: string) => Promise<void>): Promise<void> {
  const start = Date.now();
  const into = await mkdtemp(join(temporary, `${build.engine.name}-`));
  await withHeartbeat(`building ${build.engine.name}`, () => work(into)).catch((error: unknown) => {
    if (!(error instanceof LaunchError) || build.engine.use !== 'observers') throw error;
    throw new LaunchError(`${error.message}\nThe system does not need it: without OBSERVE=1 it starts all the same.`);
  });
  await rename(into, build.target);
  progress(`built ${build.engine.name} ${build.version} in ${secondsSince(start)}`);
}

function fetchInTurn(go: EngineBuild[]): Map<EngineBuild, Promise<void>> {
  const fetches = new Map<EngineBuild, Promise<void>>();
  let last = Promise.resolve();
  for (const build of go) {
    last = last.then(() => fetchGo(build, build.engine as GoEngine));
    // Whoever needs it awaits it; until then a failure must not count as unhandled.
    last.catch(() => undefined);
    fetches.set(build, last);
  }
  return fetches;
}

async function inTurn(builds: EngineBuild[], work: (build: EngineBuild) => Promise<void>): Promise<void> {
  for (const build of builds) await work(build);
}
