// Metrics, alerts, panels and runbooks say the same: what a query asks for is measured, what is measured is asked for
// or stands below with a reason, each alert has a runbook and each runbook an alert.
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {METRICS, prometheusName} from '@vitalvault/process';
import type {Metric} from '@vitalvault/process';
import {alertName} from './observability/alert.ts';
import type {Alert} from './observability/alert.ts';
import {faultsOfMatchers} from './observability/matchers.ts';
import {metricsOf} from './observability/queries.ts';
import {ALERTS, RULES, RUNBOOKS, ruleFiles} from './observability/rule-files.ts';
import {panelQueries} from './observability/dashboards.ts';
import type {PanelQuery} from './observability/dashboards.ts';

/** Measured and asked for by no panel and no alert, with the reason. */
const UNASKED: Readonly<Record<string, string>> = {};
/** Of Prometheus itself, of the kubelet of every cluster, and of IPFS Cluster (its observations/metrics.go). */
const FOREIGN: ReadonlySet<string> = new Set([
  'up',
  'kubelet_volume_stats_available_bytes',
  'kubelet_volume_stats_capacity_bytes',
  'ipfscluster_pins',
  'ipfscluster_pins_pin_queued',
  'ipfscluster_pins_pinning',
  'ipfscluster_pins_pin_error',
]);
const PARTS_OF_A_HISTOGRAM = ['_bucket', '_sum', '_count'];

interface Asked {
  readonly where: string;
  readonly query: string;
}

/** @param runbooks names of the pages that there are */
export function faultsOfAlerts(
  metrics: Readonly<Record<string, Metric>>,
  {alerts, panels, runbooks}: {alerts: readonly Alert[]; panels: readonly PanelQuery[]; runbooks: readonly string[]},
  unasked: Readonly<Record<string, string>> = UNASKED,
): string[] {
  const asked: Asked[] = [
    ...alerts.flatMap(({name, rules, recordings = []}) =>
      [...rules, ...recordings].map(({expr}) => ({where: `alert ${name}`, query: expr})),
    ),
    ...panels.map(({dashboard, panel, query}) => ({where: `panel ${dashboard}, ${panel}`, query})),
  ];
  const recorded = new Set(alerts.flatMap(({recordings = []}) => recordings.map(({record}) => record)));
  const told = new Map(
    Object.entries(metrics).flatMap(([name, metric]) => {
      const called = prometheusName(name, metric);
      const parts = metric.kind === 'histogram' ? PARTS_OF_A_HISTOGRAM.map((part) => called + part) : [called];
      return parts.map((part) => [part, name] as const);
    }),
  );
  const metricOf = (called: string): Metric | undefined => metrics[told.get(called) ?? ''];
  const wanted = new Set<string>();
  const faults = asked.flatMap(({where, query}) =>
    faultsOfMatchers(query, metricOf).map((fault) => `${where}: ${fault}`),
  );
  for (const {where, query} of asked)
    for (const name of metricsOf(query)) {
      const metric = told.get(name);
      if (metric !== undefined) wanted.add(metric);
      else if (!recorded.has(name) && !FOREIGN.has(name)) faults.push(`${where}: nothing tells ${name}`);
    }
  return [...faults, ...unwanted(Object.keys(metrics), wanted, unasked), ...withoutPage(alerts, runbooks)];
}

const unwanted = (
  metrics: readonly string[],
  wanted: ReadonlySet<string>,
  reasons: Readonly<Record<string, string>>,
) => [
  ...metrics
    .filter((name) => !wanted.has(name) && !(name in reasons))
    .map((name) => `${name} is measured, and no panel and no alert asks for it`),
  ...Object.keys(reasons)
    .filter((name) => wanted.has(name) || !metrics.includes(name))
    .map((name) => `${name} has a reason not to be asked for, and needs none`),
];

const withoutPage = (alerts: readonly Alert[], runbooks: readonly string[]): string[] => [
  ...alerts.filter(({name}) => !runbooks.includes(name)).map(({name}) => `${name} has no page in ${RUNBOOKS}`),
  ...runbooks
    .filter((page) => !alerts.some(({name}) => name === page))
    .map((page) => `${RUNBOOKS}/${page}.md is of no alert`),
];

/** What each page has, in this order. */
const CHAPTERS = ['## What it means', '## First look', '## Repair', '## Whom to wake'];

function faultsOfPage(name: string, text: string): string[] {
  const head = `# ${alertName(name)}\n`;
  const places = CHAPTERS.map((chapter) => text.indexOf(`\n${chapter}\n`));
  const isOrdered = places.every((place, i) => place > (places[i - 1] ?? 0));
  return [
    ...(text.startsWith(head) ? [] : [`${name}.md begins with ${head.trim()}`]),
    ...(isOrdered ? [] : [`${name}.md has the chapters ${CHAPTERS.join(', ')}`]),
    ...(/```sh\n/.test(text) ? [] : [`${name}.md has no command to look with`]),
  ];
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  const pages = readdirSync(join(root, RUNBOOKS))
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .map((file) => file.replace(/\.md$/, ''));
  const written = existsSync(join(root, RULES)) ? readdirSync(join(root, RULES)).map((file) => `${RULES}/${file}`) : [];
  const faults = [
    ...faultsOfAlerts(METRICS, {alerts: ALERTS, panels: panelQueries(), runbooks: pages}),
    ...pages.flatMap((name) => faultsOfPage(name, readFileSync(join(root, RUNBOOKS, `${name}.md`), 'utf8'))),
    ...written.filter((file) => !(file in ruleFiles())).map((file) => `${file} is of no alert`),
  ];
  for (const fault of faults) console.error(fault);
  if (faults.length === 0) console.log(`${ALERTS.length} alerts, each with a runbook; every metric is asked for`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
