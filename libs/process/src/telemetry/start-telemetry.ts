import {OTLPTraceExporter} from '@opentelemetry/exporter-trace-otlp-proto';
import {resourceFromAttributes} from '@opentelemetry/resources';
import {NodeSDK} from '@opentelemetry/sdk-node';
import {BatchSpanProcessor} from '@opentelemetry/sdk-trace';
import type {SpanExporter} from '@opentelemetry/sdk-trace';
import {ListedSpans} from '../telling/listed-spans.js';

export interface Telemetry {
  /** Sends what is waiting, within two seconds; never fails. */
  shutdown(): Promise<void>;
  flush(): Promise<void>;
}

const EXPORT_EVERY_MS = 500;
const EXPORT_TIMEOUT_MS = 5_000;

/**
 * Starts tracing for this process: spans go to the Collector at `otlpUrl` as OTLP over HTTP (protobuf). A Collector
 * that is away costs spans, nothing else. Spans are made by hand (D-39), so there are no instrumentations;
 * OTEL_TRACES_SAMPLER and the span limits of the environment hold.
 */
export function startTelemetry(options: {
  service: string;
  organisation?: string;
  otlpUrl: string;
  exporter?: SpanExporter;
}): Telemetry {
  const exporter =
    options.exporter ??
    new OTLPTraceExporter({url: new URL('/v1/traces', options.otlpUrl).href, timeoutMillis: EXPORT_TIMEOUT_MS});
  const processor = new ListedSpans(
    new BatchSpanProcessor({
      exporter,
      scheduledDelayMillis: EXPORT_EVERY_MS,
      maxQueueSize: 16_384,
      exportTimeoutMillis: EXPORT_TIMEOUT_MS,
    }),
  );
  const sdk = new NodeSDK({
    resource: resourceFromAttributes({
      'service.name': options.service,
      'service.namespace': 'vitalvault',
      'service.instance.id': `${options.service}-${String(process.pid)}`,
      ...(options.organisation === undefined ? {} : {'vitalvault.organisation': options.organisation}),
    }),
    autoDetectResources: false,
    spanProcessors: [processor],
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  const within = async (work: Promise<void>): Promise<void> => {
    const limit = new Promise<void>((resolve) => setTimeout(resolve, 2_000).unref());
    await Promise.race([work.catch(() => undefined), limit]);
  };
  return {shutdown: () => within(sdk.shutdown()), flush: () => within(processor.forceFlush())};
}
