import {metrics} from '@opentelemetry/api';
import {OTLPMetricExporter} from '@opentelemetry/exporter-metrics-otlp-proto';
import {resourceFromAttributes} from '@opentelemetry/resources';
import {
  AggregationType,
  MeterProvider,
  PeriodicExportingMetricReader,
  createAllowListAttributesProcessor,
} from '@opentelemetry/sdk-metrics';
import type {ViewOptions} from '@opentelemetry/sdk-metrics';
import type {ServerResponse} from 'node:http';
import {METRICS} from './catalogue.js';
import {EXEMPLARS} from './exemplars.js';
import {mostSeries} from './metric.js';
import type {Metric} from './metric.js';
import {PrometheusText, temporalityOf} from './prometheus-text.js';
import {watchProcess} from './watch-process.js';

export interface Metrics {
  /**
   * Answers with all that was measured, in the text format of Prometheus; to who takes OpenMetrics in that, with traces
   * in which values were measured.
   * @param accept header of the request
   */
  answer(response: ServerResponse, accept?: string): Promise<void>;
  shutdown(): Promise<void>;
}

const SEND_EVERY_MS = 30_000;
const OPEN_METRICS = /\bapplication\/openmetrics-text\b[^,]*\bversion=1\.0\.0\b/;

/**
 * Starts measuring for this process, its own use of time and memory first. Who wants it asks the management port; with
 * `otlpUrl` it is sent there too (OTLP over HTTP, protobuf), and a Collector that is away costs what it would have got.
 */
export function startMetrics(options: {
  service: string;
  organisation?: string | undefined;
  otlpUrl?: string | undefined;
}): Metrics {
  const {service, organisation, otlpUrl} = options;
  const text = new PrometheusText();
  const provider = new MeterProvider({
    resource: resourceFromAttributes({
      'service.name': service,
      'service.namespace': 'vitalvault',
      ...(organisation === undefined ? {} : {'vitalvault.organisation': organisation}),
    }),
    readers: [text, ...(otlpUrl === undefined ? [] : [sending(otlpUrl)])],
    views: Object.entries<Metric>(METRICS).map(viewOf),
  });
  metrics.setGlobalMeterProvider(provider);
  const unwatch = watchProcess();
  return {
    answer: async (response, accept = '') => {
      const told = await text.read();
      const [type, body] = OPEN_METRICS.test(accept)
        ? ['application/openmetrics-text; version=1.0.0', EXEMPLARS.openMetrics(told)]
        : ['text/plain; version=0.0.4', told];
      response.writeHead(200, {'content-type': `${type}; charset=utf-8`}).end(body);
    },
    shutdown: async () => {
      unwatch();
      await provider.shutdown();
    },
  };
}

class Exporter extends OTLPMetricExporter {
  override selectAggregationTemporality = temporalityOf;
}

const sending = (otlpUrl: string): PeriodicExportingMetricReader =>
  new PeriodicExportingMetricReader({
    exporter: new Exporter({url: new URL('/v1/metrics', otlpUrl).href}),
    exportIntervalMillis: SEND_EVERY_MS,
  });

/** Of labels those that the catalogue names, and no more series than it bears. */
function viewOf([instrumentName, metric]: [string, Metric]): ViewOptions {
  const {labels = {}, maybe = {}, buckets} = metric;
  return {
    instrumentName,
    attributesProcessors: [createAllowListAttributesProcessor([...Object.keys(labels), ...Object.keys(maybe)])],
    // One is the series of all that is more.
    aggregationCardinalityLimit: mostSeries(metric) + 1,
    ...(buckets === undefined
      ? {}
      : {aggregation: {type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: {boundaries: [...buckets]}}}),
  };
}
