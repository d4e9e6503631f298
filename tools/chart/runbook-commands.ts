// What the runbooks have somebody type at night: every object, container and selector that a command of theirs names
// is one of the release, a program that is started in a container is there, what is looked for in metrics is told, and
// what is looked for in a log is said somewhere.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {METRICS, prometheusName} from '@vitalvault/process';
import type {Metric} from '@vitalvault/process';
import type {Container, KubernetesObject} from './kubernetes-object.ts';
import {containersOf, podsOf} from './pods.ts';
import type {MadePod} from './pods.ts';

export interface Pages {
  /** The page that says what `look` and `logs` are. */
  readonly functions: string;
  /** Name → text. */
  readonly pages: ReadonlyMap<string, string>;
}

/** @param source texts of our programs, in one @returns what is typed in vain, a line each */
export function typedInVain({functions, pages}: Pages, objects: readonly KubernetesObject[], source: string): string[] {
  const [first = ''] = blocksOf(functions);
  return [...pages].flatMap(([page, text]) => {
    const block = blocksOf(text).join('\n');
    return [
      ...typed(`${first}\n${block}`).flatMap((line) => faultsOfKubectl(line.split(' '), objects)),
      ...faultsOfWords(block, source),
    ].map((fault) => `${page}: ${fault}`);
  });
}

const blocksOf = (text: string): string[] =>
  [...text.matchAll(/(?<!<!-- not run[^\n]*-->\n)```sh\n([^]*?)```/g)].map(([, block = '']) => block);

/** Arguments of kubectl, as a shell gives them to it, a line each. */
function typed(script: string): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'vv-typed-'));
  const file = join(dir, 'typed');
  writeFileSync(file, '');
  const stubs = `kubectl() { printf '%s\\n' "$*" >> '${file}'; }\nvv() { :; }\n`;
  const {stderr} = spawnSync('sh', ['-u'], {input: stubs + script, encoding: 'utf8'});
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  rmSync(dir, {recursive: true});
  if (stderr !== '') throw new Error(stderr);
  return lines;
}

function faultsOfKubectl(words: readonly string[], objects: readonly KubernetesObject[]): string[] {
  const [label, value] = after(words, '--selector')?.split('=') ?? [];
  if (label !== undefined && !OF_OPERATORS.test(label) && !podsOf(objects).some(({labels}) => labels[label] === value))
    return [`no pod has ${label}=${value ?? ''}`];
  const target = after(words, 'exec') ?? after(words, 'logs');
  if (target === undefined) return [];
  const pod = podsOf(objects).find(({object}) => isNamed(target, object));
  return pod === undefined ? [`there is no ${target}`] : faultsOfContainer(words, pod).map((fault) => target + fault);
}

function faultsOfContainer(words: readonly string[], pod: MadePod): string[] {
  // kubectl takes the first one that is no init container.
  const name = after(words, '--container') ?? (words.includes('exec') ? pod.spec.containers[0]?.name : undefined);
  if (name === undefined) return [];
  const container = containersOf(pod).find((one) => one.name === name);
  if (container === undefined) return [` has no container ${name}`];
  return after(words, '--') === 'node' && !hasNode(container) ? [` has no node in ${name}`] : [];
}

const after = (words: readonly string[], word: string): string | undefined =>
  words.includes(word) ? words[words.indexOf(word) + 1] : undefined;
/** What they put on the pods that they make. */
const OF_OPERATORS = /^(?:strimzi|cnpg)\.io\//;
const isNamed = (target: string, {kind, metadata}: KubernetesObject): boolean =>
  target === `${kind.toLowerCase()}/${metadata.name}` ||
  (kind === 'StatefulSet' && target.replace(/-\d+$/, '') === metadata.name);
const hasNode = ({command = []}: Container): boolean => command[0] === 'node';

/** What stands in quotes behind a grep, in its parts. */
function faultsOfWords(block: string, source: string): string[] {
  const [METRIC, LOG] = [
    /\blook (\S+) metrics((?: \| grep [^|\n]*'[^']*')+)/g,
    /\blogs \S+((?: \| grep [^|\n]*'[^']*')+)/g,
  ];
  const parts = (greps: string): string[] =>
    [...greps.matchAll(/'([^']*)'/g)].flatMap(([, words = '']) => split(words));
  return [
    ...[...block.matchAll(METRIC)].flatMap(([, program = '', greps = '']) =>
      parts(greps)
        .filter((part) => !told(program).some((line) => new RegExp(part).test(line)))
        .map((part) => `${program} tells no metric ${part}`),
    ),
    ...[...block.matchAll(LOG)].flatMap(([, greps = '']) =>
      parts(greps)
        .map((part) => part.replaceAll('"', ''))
        .filter((part) => part !== 'level:error' && !source.includes(part))
        .map((part) => `no log says ${part}`),
    ),
  ];
}

/** Alternatives of a regular expression; those within brackets stay together. */
const split = (words: string): string[] => words.split(/\|(?![^(]*\))/);

function told(name: string): string[] {
  const program = name.replace(/^validator-\d+$/, 'ledger-abci');
  return Object.entries<Metric>(METRICS)
    .filter(([, {of}]) => of.some((one) => one === program))
    .flatMap(([metric, {kind, unit, labels = {}, maybe = {}}]) => {
      const called = prometheusName(metric, {kind, unit});
      const names = kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => called + part) : [called];
      const values = Object.entries({...labels, ...maybe}).flatMap(([label, bound]) =>
        typeof bound === 'number' ? [] : bound.map((value) => `${label.replaceAll('.', '_')}="${value}"`),
      );
      return [...names, ...values.map((value) => `${called}{${value}}`)];
    });
}
