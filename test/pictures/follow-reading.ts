import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {eventually} from '@vitalvault/testkit';
import type {ChromiumPage} from '../../tools/chromium.ts';
import {effectsOf, spansOf} from '../e2e/platform/span-file.js';
import type {FoundSpan} from '../e2e/platform/span-file.js';
import type {Checks} from './checks.ts';

const VV = join(import.meta.dirname, '../../apps/cli/dist/main.js');
const SERVICES = ['ingest', 'storage', 'ledger-abci', 'policy', 'notify'] as const;
const PATIENCE_MS = 60_000;
const MOST_BYTES = 300_000;
/** Of Zipkin's page: above the spans, and of each; it makes only what there is room for. */
const [WIDTH, HEAD, ROW, HIGHEST] = [1_280, 340, 30, 1_900];

/** What `vv trace --json` says of a span. */
interface ToldSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly service: string;
}
interface ToldTrace {
  readonly spans: readonly ToldSpan[];
  readonly unreachable: readonly string[];
  readonly page: string;
}
interface ZipkinSpan {
  readonly id: string;
  readonly parentId?: string;
  readonly localEndpoint?: {readonly serviceName?: string};
  readonly remoteEndpoint?: {readonly serviceName?: string};
}

/**
 * One reading from POST to alert, as an SRE follows it: found in the Collector's file, given to Zipkin by `vv trace`,
 * looked at in Zipkin's page.
 * @param system.file of the Collector
 * @param system.zipkin its address
 * @param picture where the page's picture is written
 */
export async function followReading(
  system: {file: string; zipkin: string},
  checks: Checks,
  page: ChromiumPage,
  picture: string,
): Promise<void> {
  const {file, zipkin} = system;
  const reading = await eventually(() => alertedReading(file), PATIENCE_MS, 1_000);
  const told = traceByVv(reading.traceId, file, zipkin);
  const ids = told.spans.map(({spanId}) => spanId);
  checks.holds(
    'every span of the reading is reached by parents and links',
    told.unreachable.length === 0,
    told.unreachable,
  );

  // What came from the Collector, before anything was joined: each piece is there under its own trace id.
  const pieces = Map.groupBy(told.spans, ({traceId}) => traceId);
  const lost = await Promise.all(
    [...pieces].map(async ([traceId, spans]) => {
      const found = new Set((await zipkinTrace(zipkin, traceId)).map(({id}) => id));
      return spans.filter(({spanId}) => !found.has(spanId)).map(({service, spanId}) => `${service} ${spanId}`);
    }),
  );
  checks.holds(
    `all ${ids.length} spans of its ${pieces.size} traces came to Zipkin`,
    lost.flat().length === 0,
    lost.flat(),
  );

  const joined = await zipkinTrace(zipkin, new URL(told.page).pathname.split('/').at(-1) ?? '');
  const names = new Set(
    joined.flatMap(({localEndpoint, remoteEndpoint}) => [localEndpoint?.serviceName, remoteEndpoint?.serviceName]),
  );
  const missing = [...SERVICES, 'kafka'].filter((name) => !names.has(name));
  checks.holds('it passes ingest, Kafka, storage, the ledger, policy and notify', missing.length === 0, missing);
  checks.holds(
    `Zipkin has its ${ids.length} spans as one trace`,
    sameSet(
      ids,
      joined.map(({id}) => id),
    ),
    [`${joined.length} spans`],
  );
  const known = new Set(ids);
  const roots = joined.filter(({parentId}) => parentId === undefined || !known.has(parentId));
  checks.holds(
    'which is in one piece: all stands below the POST',
    roots.length === 1,
    roots.map(({id}) => id),
  );

  const height = HEAD + ROW * joined.length;
  await page.visit(told.page, {width: WIDTH, height});
  const shown = `/Total Spans\\D*${joined.length}\\b/i.test(document.body.innerText)`;
  await page.until(shown);
  const text = (await page.text()).toLowerCase();
  const unseen = SERVICES.filter((name) => !text.includes(name));
  checks.holds(`its page says ${joined.length} spans and names the services`, unseen.length === 0, unseen);
  await page.visit(told.page, {width: WIDTH, height: Math.min(height, HIGHEST)});
  await page.until(shown);
  await page.picture(picture);
  checks.isSmall(picture, MOST_BYTES);
}

/** The record with the fewest effects among those that every service has seen. @throws Error: what is missing */
export function alertedReading(file: string): FoundSpan {
  const spans = spansOf(file);
  const posts = spans.filter(({title}) => title === 'ingest POST /v1/records');
  const whole = posts
    .map((post) => ({post, effects: effectsOf(spans, post)}))
    .map(({post, effects}) => ({post, effects, services: new Set(effects.map(({title}) => title.split(' ')[0] ?? ''))}))
    .toSorted((a, b) => b.services.size - a.services.size || a.effects.length - b.effects.length);
  const [first] = whole;
  const missing = SERVICES.filter((name) => first?.services.has(name) !== true);
  if (first === undefined || missing.length > 0)
    throw new Error(`of ${posts.length} posts of records none leads to ${missing.join(', ')}`);
  return first.post;
}

function traceByVv(traceId: string, file: string, zipkin: string): ToldTrace {
  const args = ['--no-warnings', VV, 'trace', traceId, '--spans', file, '--zipkin', zipkin, '--json'];
  const {status, stdout, stderr} = spawnSync(process.execPath, args, {encoding: 'utf8', maxBuffer: 2 ** 28});
  if (status !== 0) throw new Error(`vv trace: ${stderr}`);
  return JSON.parse(stdout) as ToldTrace;
}

/** Zipkin answers as soon as it has taken something, and the Collector sends each 200 ms. */
function zipkinTrace(zipkin: string, traceId: string): Promise<ZipkinSpan[]> {
  return eventually(
    async () => {
      const response = await fetch(new URL(`/api/v2/trace/${traceId}`, zipkin));
      if (!response.ok) throw new Error(`Zipkin has no trace ${traceId}: HTTP ${response.status}`);
      return (await response.json()) as ZipkinSpan[];
    },
    PATIENCE_MS,
    500,
  );
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && new Set([...a, ...b]).size === a.length;
