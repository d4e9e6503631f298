// The catalogue of metrics (libs/process/src/metrics) and the code say the same: each metric is told by code of its
// programs, no instrument is made beside it, no label can name a person, and what documents, alerts and the chart ask
// for is there. That code names no other metric, label or value, the compiler says.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {LABELS, METRICS, mostSeries, prometheusName} from '@vitalvault/process';
import type {Metric} from '@vitalvault/process';

const CATALOGUE = 'libs/process/src/metrics/';
/** Words of what belongs to somebody: ids, addresses, keys, places on the ledger that lead to her. */
const OF_A_PERSON = /patient|owner|member|reader|device|record|grant|cid|tx|hash|alert|address|url|host|user|name\b/;
/** A label of the conventions whose name has such a word. */
const CONVENTIONS: ReadonlySet<string> = new Set(['messaging.destination.name']);
const MADE_BY_HAND = /\bcreate(?:Observable)?(?:Counter|Gauge|Histogram|UpDownCounter)\(/;
const ASKED_FOR = /\bvitalvault_[a-z][a-z0-9_]*/g;
const PARTS_OF_A_HISTOGRAM = /_(?:bucket|sum|count)$/;

/** @param source texts of our programs by file · @param asking texts of documents and of the chart by file */
export function faultsOfMetrics(
  metrics: Readonly<Record<string, Metric>>,
  {source, asking}: {source: ReadonlyMap<string, string>; asking: ReadonlyMap<string, string>},
): string[] {
  return [
    ...unused(metrics, source),
    ...byHand(source),
    ...ofPersons(),
    ...unbounded(metrics),
    ...unknown(metrics, asking),
  ];
}

const unused = (metrics: Readonly<Record<string, Metric>>, source: ReadonlyMap<string, string>): string[] =>
  Object.keys(metrics)
    .filter((name) => ![...source].some(([file, text]) => !file.startsWith(CATALOGUE) && text.includes(`'${name}'`)))
    .filter((name) => !source.get(`${CATALOGUE}watch-process.ts`)?.includes(`'${name}'`))
    .map((name) => `${name} is in the catalogue, and nothing tells it`);

const byHand = (source: ReadonlyMap<string, string>): string[] =>
  [...source]
    .filter(([file, text]) => file !== `${CATALOGUE}instruments.ts` && MADE_BY_HAND.test(text))
    .map(([file]) => `${file} makes an instrument beside the catalogue`);

const ofPersons = (): string[] =>
  LABELS.filter((label) => OF_A_PERSON.test(label) && !CONVENTIONS.has(label)).map(
    (label) => `the label ${label} may name a person`,
  );

/** All series of one process, whatever comes: each is some hundred bytes, and read by every scrape. */
const MOST_OF_ALL = 10_000;

function unbounded(metrics: Readonly<Record<string, Metric>>): string[] {
  const buckets = ({buckets = []}: Metric): number => buckets.length + 1;
  const programs = new Set(Object.values(metrics).flatMap((metric) => metric.of));
  return [...programs].flatMap((program) => {
    const own = Object.values(metrics).filter((metric) => metric.of.includes(program));
    const series = own.reduce((sum, metric) => sum + mostSeries(metric) * buckets(metric), 0);
    return series > MOST_OF_ALL ? [`${program} may come to tell ${String(series)} series`] : [];
  });
}

function unknown(metrics: Readonly<Record<string, Metric>>, asking: ReadonlyMap<string, string>): string[] {
  const told = new Map(Object.entries(metrics).map(([name, metric]) => [prometheusName(name, metric), metric]));
  const isTold = (name: string): boolean =>
    told.has(name) || told.get(name.replace(PARTS_OF_A_HISTOGRAM, ''))?.kind === 'histogram';
  return [...asking].flatMap(([file, text]) =>
    [...new Set(text.match(ASKED_FOR) ?? [])]
      .filter((name) => !isTold(name))
      .map((name) => `${file}: nothing tells ${name}`),
  );
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  const texts = (...patterns: string[]): ReadonlyMap<string, string> =>
    new Map(
      execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns], {
        cwd: root,
        encoding: 'utf8',
      })
        .split('\n')
        .filter((file) => file !== '')
        .map((file) => [file, readFileSync(join(root, file), 'utf8')]),
    );
  const source = texts('apps/*/src/**.ts', 'libs/*/src/**.ts', ':!*spec.ts');
  const asking = texts(
    'docs/**.md',
    'apps/*/README.md',
    'libs/*/README.md',
    'deploy/helm/vitalvault/templates',
    'deploy/helm/vitalvault/files',
    ':!docs/operations/metrics.md',
  );
  const faults = faultsOfMetrics(METRICS, {source, asking});
  for (const fault of faults) console.error(fault);
  if (faults.length === 0) console.log(`${Object.keys(METRICS).length} metrics, each told and bounded`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
