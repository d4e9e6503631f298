import {basename, dirname, join} from 'node:path';
import {REPOSITORY} from '../config.js';
import {ImagesError} from '../images-error.js';
import {run} from '../run.js';
import type {Recipe} from './recipe.js';
import {appInputs, stageApp} from './stage-app.js';
import {stageGo} from './stage-go.js';
import {stageKafka} from './stage-kafka.js';
import {postgresVersion, stagePostgres} from './stage-postgres.js';

const GO = [
  {name: 'cometbft', title: 'CometBFT', binary: 'cometbft', licenses: 'Apache-2.0'},
  {name: 'kubo', title: 'kubo (IPFS)', binary: 'ipfs', licenses: 'MIT OR Apache-2.0'},
  {name: 'ipfs-cluster', title: 'IPFS Cluster', binary: 'ipfs-cluster-service', licenses: 'MIT OR Apache-2.0'},
  {
    name: 'otel-collector',
    title: "OpenTelemetry Collector with VitalVault's components",
    binary: 'otel-collector',
    licenses: 'Apache-2.0',
  },
] as const;

/** Every image of a release. The engines must be built: `engines` says where each is. */
export function recipes(engines: Readonly<Record<string, string>>): Recipe[] {
  const buildOf = (name: string): string => {
    const build = engines[name];
    if (build === undefined) throw new ImagesError(`The engine ${name} is not built; run make build.`);
    return build;
  };
  const engine = (name: string) => ({
    name,
    sources: [`engines/${name}`],
    inputs: () => Promise.resolve(basename(buildOf(name))),
  });
  return [
    {
      name: 'app',
      title: 'VitalVault services, command line and installer',
      licenses: 'Apache-2.0',
      containerfile: 'app',
      base: 'base',
      sources: ['apps', 'libs', 'package.json', 'package-lock.json', 'tools/build.ts'],
      inputs: appInputs,
      stage: stageApp,
    },
    ...GO.map(({name, title, binary, licenses}): Recipe => ({
      ...engine(name),
      title,
      licenses,
      containerfile: 'engine',
      base: 'base',
      stage: (context) => stageGo({engine: name, build: buildOf(name), binary}, context),
    })),
    {
      ...engine('kafka'),
      title: 'Apache Kafka',
      licenses: 'Apache-2.0 AND GPL-2.0-only WITH Classpath-exception-2.0',
      containerfile: 'kafka',
      base: 'base',
      jdk: 'jdk',
      stage: (context) => stageKafka(buildOf('kafka'), context),
    },
    {
      name: 'postgres',
      title: 'PostgreSQL (for evaluation)',
      licenses: 'PostgreSQL',
      containerfile: 'postgres',
      base: 'base-postgres',
      sources: ['package-lock.json'],
      inputs: postgresVersion,
      stage: stagePostgres,
    },
  ];
}

/** Builds what is missing of the engines. @returns the folder of each, and the cache that they are in */
export async function builtEngines(): Promise<{engines: Record<string, string>; cache: string}> {
  const command = [join(REPOSITORY, 'apps/launcher/dist/main.js'), 'build', '--for', 'system'];
  await run(process.execPath, command, {show: true});
  const output = await run(process.execPath, [...command, '--json']);
  const engines = JSON.parse(output.trimEnd().split('\n').pop() ?? '') as Record<string, string>;
  const [first] = Object.values(engines);
  if (first === undefined) throw new ImagesError('The launcher names no engines.');
  return {engines, cache: dirname(dirname(first))};
}
