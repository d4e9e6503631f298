import {setTimeout as sleep} from 'node:timers/promises';
import type {Said} from '../said.js';
import type {Step, StoryRun} from '../story-run.js';

const SERVICES = ['ingest', 'storage', 'ledger-abci', 'policy', 'notify'] as const;
const PATIENCE_MS = 20_000;
const SHOWN = 40;

/** A span as `vv trace` tells it. */
interface ToldSpan {
  service: string;
  name: string;
  parentSpanId: string;
  startUs: number;
  endUs: number;
  failed: boolean;
}

export const traceStep: Step = {
  title: "One reading's trace, from POST to alert",
  async play(run) {
    const {narrator, props, facts} = run;
    const traceId = props.get('planted')[0]?.traceId ?? '';
    const trace = await completeTrace(run, traceId);
    const spans = spansOf(trace);
    narrator.say('trace', `${traceId}: ${spans.length} spans; ~ is a link from another trace`);
    const lines = trace.texts('lines');
    narrator.show(lines.slice(0, SHOWN));
    if (lines.length > SHOWN) narrator.say('', `… and ${lines.length - SHOWN} more lines: vv trace ${traceId}`);
    const services = new Set(spans.map(({service}) => service));
    facts.counts['spansOfOneReading'] = spans.length;
    narrator.hold(
      'it passes through ingest, storage, the ledger, policy and notify',
      SERVICES.every((name) => services.has(name)),
      [...services].join(', '),
    );
    narrator.hold('in every release the alert was queued before a seal was opened', alertsCameFirst(spans));
    narrator.hold(
      'every span is reachable by parents or links',
      trace.texts('unreachable').length === 0,
      trace.texts('unreachable').join(', '),
    );
  },
};

/** Log before key: each opening of seals begins after an alert was queued in the same release. */
function alertsCameFirst(spans: readonly ToldSpan[]): boolean {
  const openings = spans.filter(({name}) => name === 'policy.open_seals');
  const queued = spans.filter(({name, failed}) => name === 'policy.queue_alert' && !failed);
  return (
    openings.length > 0 &&
    openings.every((opening) =>
      queued.some((alert) => alert.parentSpanId === opening.parentSpanId && alert.endUs <= opening.startUs),
    )
  );
}

/** The trace once every service is in it; the Collector writes in batches. */
async function completeTrace({cast, site}: StoryRun, traceId: string): Promise<Said> {
  for (const until = Date.now() + PATIENCE_MS; ;) {
    const said = await cast.office.triesWithoutHome(['trace', traceId, '--spans', await site.spansFile()]);
    const services = said.exit === 0 ? said.texts('services') : [];
    const whole = SERVICES.every((name) => services.includes(name)) && said.texts('unreachable').length === 0;
    if (whole || Date.now() > until) return said;
    await sleep(1000);
  }
}

const spansOf = (trace: Said): ToldSpan[] => trace.list('spans') as unknown as ToldSpan[];
