import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {cacheDirectory} from '@vitalvault/launcher/config';
import {parse} from 'yaml';
import {kindsOf, versionsOf} from './json-schemas.ts';
import type {CustomResourceDefinition, KindSchema, Swagger} from './json-schemas.ts';
import {HELM} from './paths.ts';

/** Kinds of Kubernetes itself that the chart renders. */
const KINDS = new Set([
  'ConfigMap',
  'Deployment',
  'HorizontalPodAutoscaler',
  'Ingress',
  'Job',
  'NetworkPolicy',
  'PersistentVolumeClaim',
  'Pod',
  'PodDisruptionBudget',
  'Role',
  'RoleBinding',
  'Secret',
  'Service',
  'ServiceAccount',
  'StatefulSet',
]);

interface ModulePin {
  readonly module: string;
  readonly version: string;
  readonly sum: string;
}

/** deploy/helm/schemas.json. */
interface Pins {
  readonly kubernetes: readonly ModulePin[];
  readonly customResources: readonly (ModulePin & {readonly files: readonly string[]})[];
}

/** Where kubeconform looks in the directory that `schemaStore` gives. */
export const LOCATION = '{{ .NormalizedKubernetesVersion }}/{{ .ResourceKind }}{{ .KindSuffix }}.json';

/**
 * Schemas of every Kubernetes minor and of the custom resources, made once from pinned Go modules and kept in the
 * engines' cache.
 */
export async function schemaStore(): Promise<{directory: string; versions: string[]}> {
  const text = await readFile(join(HELM, 'schemas.json'), 'utf8');
  const pins = JSON.parse(text) as Pins;
  const tools = await Promise.all(
    ['json-schemas.ts', 'schema-store.ts'].map((name) => readFile(join(import.meta.dirname, name), 'utf8')),
  );
  const strimzi = JSON.parse(
    await readFile(join(HELM, 'strimzi.schemas.json'), 'utf8').catch(() => '[]'),
  ) as KindSchema[];
  const key = createHash('sha256')
    .update(text)
    .update(tools.join(''))
    .update(JSON.stringify(strimzi))
    .digest('hex')
    .slice(0, 12);
  const directory = join(cacheDirectory(), `chart-schemas-${key}`);
  const versions = pins.kubernetes.map(({version}) => version.slice(1));
  if (existsSync(directory)) return {directory, versions};
  const fresh = `${directory}.${String(process.pid)}`;
  const custom = [
    ...strimzi,
    ...(
      await Promise.all(
        pins.customResources.map(async (pin) => {
          const root = await moduleDirectory(pin);
          return Promise.all(
            pin.files.map(async (file) =>
              versionsOf(parse(await readFile(join(root, file), 'utf8')) as CustomResourceDefinition),
            ),
          );
        }),
      )
    ).flat(2),
  ];
  for (const pin of pins.kubernetes) {
    const swagger = JSON.parse(
      await readFile(join(await moduleDirectory(pin), 'api/openapi-spec/swagger.json'), 'utf8'),
    ) as Swagger;
    for (const {group, version, kind, schema} of [...kindsOf(swagger, KINDS), ...custom]) {
      const file = join(
        fresh,
        pin.version,
        `${[kind.toLowerCase(), group.split('.')[0], version].filter((part) => part !== '').join('-')}.json`,
      );
      await mkdir(dirname(file), {recursive: true});
      await writeFile(file, JSON.stringify(schema));
    }
  }
  // Another run may have made the same meanwhile: then that one is as good.
  await rename(fresh, directory).catch(async (error: unknown) => {
    if (!existsSync(directory)) throw error;
    await rm(fresh, {recursive: true, force: true});
  });
  return {directory, versions};
}

/** Directory of a Go module in the module cache, its checksum compared with ours. */
async function moduleDirectory({module, version, sum}: ModulePin): Promise<string> {
  const cwd = await mkdtemp(join(tmpdir(), 'vv-module-'));
  try {
    const {stdout, stderr} = spawnSync('go', ['mod', 'download', '-json', `${module}@${version}`], {
      cwd,
      encoding: 'utf8',
      env: {...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off', GOTOOLCHAIN: 'local'},
    });
    const {
      Dir: directory,
      Sum: got = '',
      Error: error,
    } = JSON.parse(stdout || '{}') as {Dir?: string; Sum?: string; Error?: string};
    if (directory === undefined) throw new Error(`${module}@${version} cannot be fetched: ${error ?? stderr}`);
    if (got !== sum)
      throw new Error(`${module}@${version} has checksum ${got}, and deploy/helm/schemas.json says ${sum}`);
    return directory;
  } finally {
    await rm(cwd, {recursive: true});
  }
}
