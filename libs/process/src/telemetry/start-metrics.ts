import {metrics} from '@opentelemetry/api';
import type {Meter} from '@opentelemetry/api';
import {PrometheusExporter} from '@opentelemetry/exporter-prometheus';
import {resourceFromAttributes} from '@opentelemetry/resources';
import {MeterProvider, createAllowListAttributesProcessor} from '@opentelemetry/sdk-metrics';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {METRIC_LABELS} from '../telling/told-fields.js';
import {watchProcess} from './watch-process.js';

export interface Metrics {
  /** Answers with all that was measured, in the text format of Prometheus. */
  answer(request: IncomingMessage, response: ServerResponse): void;
  shutdown(): Promise<void>;
}

/**
 * Starts measuring for this process, its own use of time and memory first. Nothing is sent anywhere: who wants it asks
 * the management port.
 */
export function startMetrics(options: {service: string; organisation?: string | undefined}): Metrics {
  const exporter = new PrometheusExporter({preventServerStart: true, withoutScopeInfo: true});
  const provider = new MeterProvider({
    resource: resourceFromAttributes({
      'service.name': options.service,
      'service.namespace': 'vitalvault',
      ...(options.organisation === undefined ? {} : {'vitalvault.organisation': options.organisation}),
    }),
    readers: [exporter],
    views: [{instrumentName: '*', attributesProcessors: [createAllowListAttributesProcessor([...METRIC_LABELS])]}],
  });
  metrics.setGlobalMeterProvider(provider);
  const unwatch = watchProcess(provider.getMeter('vitalvault'));
  return {
    answer: (request, response) => {
      exporter.getMetricsRequestHandler(request, response);
    },
    shutdown: async () => {
      unwatch();
      await provider.shutdown();
    },
  };
}

/**
 * Where instruments are made, after startMetrics; before it they measure nothing. Names are those of Prometheus, with
 * their unit: it alone reads them. Of attributes, those that are listed
 * are told (`METRIC_LABELS`): whoever may look at the management port sees them.
 */
export const meter = (): Meter => metrics.getMeter('vitalvault');
