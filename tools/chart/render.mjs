import {spawnSync} from 'node:child_process';
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {parseAllDocuments} from 'yaml';
import {CHART, REPOSITORY} from './paths.mjs';

const KUBE_VERSION = 'v1.34.3';

/** Directories of the engines that the chart's checks need, built if they are not there: {helm, helm4, …}. */
export function chartEngines() {
  const {status, stdout, stderr} = spawnSync(
    process.execPath,
    ['apps/launcher/dist/main.js', 'build', '--for', 'chart', '--json'],
    {cwd: REPOSITORY, encoding: 'utf8'},
  );
  if (status !== 0) throw new Error(`the chart's tools cannot be built:\n${stderr}`);
  const directories = JSON.parse(stdout.trim().split('\n').at(-1));
  return Object.fromEntries(Object.entries(directories).map(([name, directory]) => [name, join(directory, name)]));
}

/** Text that a Helm renders. @throws Error with what Helm said */
export function rendered(
  helm,
  {profiles = [], values = [], apiVersions = [], set = [], release = 'vv', namespace = 'vitalvault'},
) {
  const args = ['template', release, CHART, '--namespace', namespace, '--kube-version', KUBE_VERSION];
  for (const profile of profiles) args.push('--values', join(CHART, profile));
  for (const file of values) args.push('--values', file);
  for (const version of apiVersions) args.push('--api-versions', version);
  for (const one of set) args.push('--set', one);
  const {status, stdout, stderr} = spawnSync(helm, args, {encoding: 'utf8', maxBuffer: 64 * 1024 * 1024});
  if (status !== 0) throw new Error(stderr.trim());
  return stdout;
}

/** Objects of a rendered text. @throws Error when it is not clean YAML */
export function objectsOf(text) {
  return parseAllDocuments(text).flatMap((document) => {
    const [fault] = [...document.errors, ...document.warnings];
    if (fault !== undefined) throw fault;
    const object = document.toJS();
    return object === null ? [] : [object];
  });
}

/** Rendered text by template: the file's path in the chart → its documents. */
export function byTemplate(text) {
  const files = new Map();
  for (const part of text.split(/^---$/m)) {
    const source = /^# Source: vitalvault\/templates\/(.+)$/m.exec(part)?.[1];
    if (source === undefined) continue;
    files.set(source, `${files.get(source) ?? ''}---${part.trimEnd()}\n`);
  }
  return files;
}

/** Every example: {name, options for `rendered`}. */
export function examples() {
  const directory = join(CHART, 'examples');
  return readdirSync(directory, {withFileTypes: true})
    .filter((entry) => entry.isDirectory())
    .map(({name}) => {
      const {profiles, apiVersions} = JSON.parse(readFileSync(join(directory, name, 'render.json'), 'utf8'));
      return {
        name,
        directory: join(directory, name),
        options: {profiles, apiVersions, values: [join(directory, name, 'values.yaml')]},
      };
    });
}
