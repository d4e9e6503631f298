import {spawnSync} from 'node:child_process';
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {parseAllDocuments} from 'yaml';
import {builtEngines} from '../built-engines.ts';
import type {KubernetesObject} from './kubernetes-object.ts';
import {CHART} from './paths.ts';

const KUBE_VERSION = 'v1.34.3';

export interface RenderOptions {
  /** Files of values that the chart ships. */
  readonly profiles?: readonly string[];
  readonly values?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly set?: readonly string[];
  readonly release?: string;
  readonly namespace?: string;
}

/** Programs of the engines that the chart's checks need, built if they are not there: {helm, helm4, …}. */
export function chartEngines(): Record<'helm' | 'helm4' | 'helm-unittest' | 'kubeconform', string> {
  const directories = builtEngines('chart');
  const program = (name: string): string => join(directories[name] ?? '', name);
  return {
    helm: program('helm'),
    helm4: program('helm4'),
    'helm-unittest': program('helm-unittest'),
    kubeconform: program('kubeconform'),
  };
}

/** Text that a Helm renders. @throws Error with what Helm said */
export function rendered(
  helm: string,
  {profiles = [], values = [], apiVersions = [], set = [], release = 'vv', namespace = 'vitalvault'}: RenderOptions,
): string {
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
export function objectsOf(text: string): KubernetesObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [fault] = [...document.errors, ...document.warnings];
    if (fault !== undefined) throw fault;
    const object = document.toJS() as KubernetesObject | null;
    return object === null ? [] : [object];
  });
}

/** Rendered text by template: the file's path in the chart → its documents. */
export function byTemplate(text: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const part of text.split(/^---$/m)) {
    const source = /^# Source: vitalvault\/templates\/(.+)$/m.exec(part)?.[1];
    if (source === undefined) continue;
    files.set(source, `${files.get(source) ?? ''}---${part.trimEnd()}\n`);
  }
  return files;
}

export interface Example {
  readonly name: string;
  readonly directory: string;
  readonly options: RenderOptions;
}

/** Every example of the chart. */
export function examples(): Example[] {
  const directory = join(CHART, 'examples');
  return readdirSync(directory, {withFileTypes: true})
    .filter((entry) => entry.isDirectory())
    .map(({name}) => {
      const given = JSON.parse(readFileSync(join(directory, name, 'render.json'), 'utf8')) as RenderOptions;
      return {
        name,
        directory: join(directory, name),
        options: {...given, values: [join(directory, name, 'values.yaml')]},
      };
    });
}
