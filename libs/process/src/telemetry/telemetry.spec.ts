import {context, trace} from '@opentelemetry/api';
import {InMemorySpanExporter} from '@opentelemetry/sdk-trace';
import {DomainError} from '@vitalvault/errors';
import {createLogger} from '../logging/create-logger.js';
import {startTelemetry} from './start-telemetry.js';
import {
  contextOf,
  currentTraceparent,
  extractContext,
  formatTraceparent,
  injectHeaders,
  linkToStranger,
  linksTo,
  parseTraceparent,
} from './trace-context.js';
import {withSpan} from './with-span.js';

const exporter = new InMemorySpanExporter();
const telemetry = startTelemetry({service: 'spec', otlpUrl: 'http://127.0.0.1:1', exporter});
const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

async function spans(): Promise<ReturnType<InMemorySpanExporter['getFinishedSpans']>> {
  await telemetry.flush();
  return exporter.getFinishedSpans();
}

describe('telemetry', () => {
  beforeEach(() => {
    exporter.reset();
  });

  it('has the trace of a line in it, and none where there is none', async () => {
    const lines: Record<string, unknown>[] = [];
    const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
    const logger = createLogger({service: 'spec', destination: {write}});
    await withSpan('outer', {kind: 'server', parent: extractContext({traceparent: parent})}, () => {
      logger.info('inside');
      return Promise.resolve();
    });
    logger.info('outside');
    const [inside, outside] = lines;
    const [span] = await spans();
    expect(inside).toMatchObject({trace_id: parent.split('-')[1], span_id: span?.spanContext().spanId});
    expect(Object.keys(outside ?? {})).toEqual(['level', 'time', 'service', 'pid', 'msg']);
  });

  it('continues a trace from headers, across awaits, and hands it on', async () => {
    const handed = await withSpan(
      'outer',
      {kind: 'server', parent: extractContext({traceparent: parent})},
      async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return withSpan('inner', {}, () => injectHeaders().traceparent);
      },
    );
    const [inner, outer] = await spans();
    expect(outer?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
    expect(handed).toBe(formatTraceparent(inner?.spanContext() ?? (trace.getSpanContext(context.active()) as never)));
    expect(inner?.spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c');
  });

  it('records a failure by its code, not its words, and throws it on', async () => {
    await expect(
      withSpan('x', {}, () => Promise.reject(new DomainError('behind', {detail: 'some words'}))),
    ).rejects.toMatchObject({code: 'behind'});
    const [span] = await spans();
    expect(span?.attributes['error.type']).toBe('behind');
    expect(JSON.stringify([span?.attributes, span?.status, span?.events])).not.toContain('some words');
  });

  it('keeps concurrent spans apart', async () => {
    await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        withSpan(name, {parent: contextOf(undefined)}, async () => {
          const before = currentTraceparent();
          await new Promise((resolve) => setTimeout(resolve, 5));
          expect(currentTraceparent()).toBe(before);
        }),
      ),
    );
    expect(new Set((await spans()).map((span) => span.spanContext().traceId)).size).toBe(3);
  });

  it.each([
    '',
    'x',
    parent.toUpperCase(),
    parent.replace(/^00/, 'ff'),
    '00-00000000000000000000000000000000-b7ad6b7169203331-01',
    `${parent}-x`,
  ])('takes no traceparent from %p', (text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });

  it('reads Kafka headers, which are bytes', () => {
    expect(trace.getSpanContext(extractContext({traceparent: new TextEncoder().encode(parent)}))?.spanId).toBe(
      'b7ad6b7169203331',
    );
  });

  it('links to what a stranger began, and continues nothing of it', () => {
    expect(linkToStranger({traceparent: [parent, 'x']}).map(({context: {spanId}}) => spanId)).toEqual([
      'b7ad6b7169203331',
    ]);
    expect([linkToStranger({}), linkToStranger({traceparent: 'nonsense'})]).toEqual([[], []]);
  });

  it('links each span once and ignores what is none', () => {
    expect(linksTo([parent, null, 'nonsense', parent, undefined])).toHaveLength(1);
  });
});
