import {setTimeout as sleep} from 'node:timers/promises';
import {readSpans} from '../../trace/otlp-lines.js';
import {spanTree} from '../../trace/span-tree.js';
import type {SpanTree} from '../../trace/span-tree.js';
import {drawWaterfall} from '../../trace/waterfall.js';
import type {Site} from '../site.js';
import type {Step} from '../story-run.js';

const SERVICES = ['ingest', 'storage', 'ledger-abci', 'policy', 'notify'] as const;
const PATIENCE_MS = 20_000;
const COLUMNS = 116;
const SHOWN = 40;

export const traceStep: Step = {
  title: "One reading's trace, from POST to alert",
  async play({narrator, props, site, facts}) {
    const traceId = props.get('planted')[0]?.traceId ?? '';
    const {placed, unreachable} = await completeTree(site, traceId);
    narrator.say('trace', `${traceId}: ${placed.length} spans; ~ is a link from another trace`);
    const lines = drawWaterfall(placed, COLUMNS);
    narrator.show(lines.slice(0, SHOWN));
    if (lines.length > SHOWN) narrator.say('', `… and ${lines.length - SHOWN} more lines: vv trace ${traceId}`);
    const services = new Set(placed.map(({span}) => span.service));
    facts.counts['spansOfOneReading'] = placed.length;
    narrator.hold(
      'it passes through ingest, storage, the ledger, policy and notify',
      SERVICES.every((name) => services.has(name)),
      [...services].join(', '),
    );
    narrator.hold('in every release the alert was queued before a seal was opened', alertsCameFirst(placed));
    narrator.hold(
      'every span is reachable by parents or links',
      unreachable.length === 0,
      unreachable.map(({service, name}) => `${service} ${name}`).join(', '),
    );
  },
};

/** Log before key: each opening of seals begins after an alert was queued in the same release. */
function alertsCameFirst(placed: SpanTree['placed']): boolean {
  const spans = placed.map(({span}) => span);
  const openings = spans.filter(({name}) => name === 'policy.open_seals');
  const queued = spans.filter(({name, failed}) => name === 'policy.queue_alert' && !failed);
  return (
    openings.length > 0 &&
    openings.every((opening) =>
      queued.some((alert) => alert.parentSpanId === opening.parentSpanId && alert.endUs <= opening.startUs),
    )
  );
}

/** The tree once every service is in it; the Collector writes in batches. */
async function completeTree(site: Site, traceId: string): Promise<SpanTree> {
  for (const until = Date.now() + PATIENCE_MS; ;) {
    const tree = spanTree(await readSpans(await site.spansFile()), traceId);
    const services = new Set(tree.placed.map(({span}) => span.service));
    if ((SERVICES.every((name) => services.has(name)) && tree.unreachable.length === 0) || Date.now() > until)
      return tree;
    await sleep(1000);
  }
}
