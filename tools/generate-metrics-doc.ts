// docs/operations/metrics.md from the catalogue of metrics.
import {METRICS, METRIC_GROUPS, mostSeries, prometheusName} from '@vitalvault/process';
import type {Bound, Metric} from '@vitalvault/process';
import {panelQueries} from './observability/dashboards.ts';
import {OBJECTIVES} from './observability/objectives.ts';
import {metricsOf} from './observability/queries.ts';
import {ALERTS} from './observability/rule-files.ts';

const UNITS: Readonly<Record<string, string>> = {s: 'seconds', By: 'bytes', '1': 'a share, 0 to 1'};
const MOST_SHOWN = 6;

const boundText = (bound: Bound): string =>
  typeof bound === 'number'
    ? `at most ${bound}`
    : bound.length > MOST_SHOWN
      ? `one of ${bound.length}`
      : bound.map((value) => `\`${value}\``).join(', ');

function labelsText({labels = {}, maybe = {}}: Metric): string {
  const each = (of: NonNullable<Metric['labels']>, when: string): string[] =>
    Object.entries(of).map(([label, bound]) => `\`${label.replaceAll('.', '_')}\`${when}: ${boundText(bound)}`);
  return [...each(labels, ''), ...each(maybe, ' (not always)')].join(' · ') || '–';
}

/** Names as a query has them → who asks for them, each once. */
const ASKING: ReadonlyMap<string, ReadonlySet<string>> = asking();

function asking(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const note = (who: string, query: string): void => {
    for (const name of metricsOf(query)) found.set(name, (found.get(name) ?? new Set()).add(who));
  };
  for (const {name, rules, recordings = []} of ALERTS)
    for (const {expr} of [...rules, ...recordings]) note(`[${name}](runbooks/${name}.md)`, expr);
  for (const {dashboard, panel, query} of panelQueries()) note(`${dashboard}: ${panel}`, query);
  return found;
}

function askedBy(name: string, {kind}: Metric): string {
  const names = kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [name];
  return [...new Set(names.flatMap((one) => [...(ASKING.get(one) ?? [])]))].join(' · ') || '–';
}

const objectiveRow = ({name, what, promise, target}: (typeof OBJECTIVES)[number]): string =>
  `| ${what} | ${promise} | ${target * 100} % | [${name}](runbooks/${name}.md) |`;

function row([name, metric]: readonly [string, Metric]): string {
  const unit = UNITS[metric.unit] ?? metric.unit.replaceAll(/[{}]/g, '');
  const kind = (metric.kind === 'updown' ? 'gauge' : metric.kind) + (metric.exemplars ? ', exemplars' : '');
  const called = prometheusName(name, metric);
  return `| \`${called}\` | ${kind} | ${unit} | ${labelsText(metric)} | ${mostSeries(metric)} | ${metric.of.join(', ')} | ${metric.meaning} | ${askedBy(called, metric)} |`;
}

/** Of others: nothing here makes it. */
const ENGINES = `## Engines

| engine | on one machine | in a release | what is not scraped, and why |
|---|---|---|---|
| CometBFT | \`engineMetrics\` of \`endpoints.json\` | PodMonitor, port 26660 | – |
| IPFS Cluster | \`engineMetrics\` | ServiceMonitor, port 8888 | – |
| kubo | \`engineMetrics\` | – | it tells them at its API alone, where everything may be done; copies and room are told by storage, pins by IPFS Cluster |
| PostgreSQL | – | PodMonitors of CloudNativePG's instances, port 9187 | its exporter is a role and a way in to a server that is mostly the hospital's; size, connections and open transactions are told by each service, standbys and disks by the hospital's own |
| Kafka | – | – | its exporter is an agent within the broker; lag, copies in step, queues and outages are told by our programs, by the rights that they have; its disk by the kubelet |
| Collector | – | ServiceMonitor, ports 8888 and 8889 | – |
`;

export function metricsDocument(): string {
  const groups = METRIC_GROUPS.map(
    ({title, metrics}) => `## ${title}

| metric | kind | unit | labels | series | told by | what it says | asked for by |
|---|---|---|---|---|---|---|---|
${Object.entries<Metric>(metrics).map(row).join('\n')}
`,
  );
  return `# Metrics

Generated from \`libs/process/src/metrics\` by \`tools/generate-metrics-doc.ts\`; do not edit.

${Object.keys(METRICS).length} metrics, told by the programs of their rows at \`/metrics\` of the management port, in the text format of Prometheus;
with \`VITALVAULT_OTLP_METRICS_URL\` they are sent too, under the names of OpenTelemetry (dots for underscores, no unit and
no \`_total\` at the end). *Series* is the most that one process tells of a metric; what would be more is told as one, with the label
\`otel_metric_overflow\`. A histogram has \`_bucket\`, \`_sum\` and \`_count\`; with *exemplars* its buckets name a trace
each, to who asks for OpenMetrics ([traces](traces.md#from-a-curve-to-a-trace)). No label names a person, a device, a record or a transaction
([ADR 0049](../adr/0049-what-is-told-of-oneself.md)); \`organisation\` is an id of the consortium's.

What is told of a moment is looked up when it is asked for: from memory, or by a question that is bounded and asked again after some
seconds at the earliest, whoever scrapes how often.

*Asked for by*: alerts, by their [runbooks](runbooks/README.md), and panels of the dashboards (\`tools/observability\`). A query that no
metric answers, and a metric that nobody asks for, fails \`tools/check-alerts.ts\`.

## Objectives

What may go wrong in thirty days is the rest to a hundred. When it goes too fast, its alert fires.

| objective | promise | target | alert |
|---|---|---|---|
${OBJECTIVES.map(objectiveRow).join('\n')}

${groups.join('\n')}
${ENGINES}`;
}
