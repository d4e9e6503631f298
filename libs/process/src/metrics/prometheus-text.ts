import {PrometheusSerializer} from '@opentelemetry/exporter-prometheus';
import {AggregationTemporality, DataPointType, InstrumentType, MetricReader} from '@opentelemetry/sdk-metrics';
import type {MetricData, ResourceMetrics} from '@opentelemetry/sdk-metrics';
import {prometheusName} from './metric.js';
import type {Kind, Unit} from './metric.js';

/** Prometheus waits ten seconds unless it is told otherwise. */
const PATIENCE_MS = 3_000;

/**
 * What is observed of a moment is told of that moment alone: kept for ever, what waits no more would seem to wait. All
 * else is counted from the start.
 */
export const temporalityOf = (type: InstrumentType): AggregationTemporality =>
  type === InstrumentType.OBSERVABLE_GAUGE ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE;

/** Metrics as Prometheus reads them, with its names; collected when somebody asks, once for all who ask meanwhile. */
export class PrometheusText extends MetricReader {
  readonly #serializer = new PrometheusSerializer('', false, undefined, false, true);
  #reading: Promise<string> | undefined;

  constructor() {
    super({aggregationTemporalitySelector: temporalityOf});
  }

  read(): Promise<string> {
    this.#reading ??= this.#collected().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }

  async #collected(): Promise<string> {
    const {resourceMetrics} = await this.collect({timeoutMillis: PATIENCE_MS});
    return this.#serializer.serialize(renamed(resourceMetrics));
  }
}

const renamed = ({resource, scopeMetrics}: ResourceMetrics): ResourceMetrics => ({
  resource,
  scopeMetrics: scopeMetrics.map(({scope, metrics}) => ({scope, metrics: metrics.map(named)})),
});

function named(data: MetricData): MetricData {
  const {name, unit} = data.descriptor;
  const kind: Kind = data.dataPointType === DataPointType.SUM && data.isMonotonic ? 'counter' : 'gauge';
  // The serializer's own line for the unit is of another format.
  const descriptor = {...data.descriptor, name: prometheusName(name, {kind, unit: unit as Unit}), unit: ''};
  return {...data, descriptor};
}
