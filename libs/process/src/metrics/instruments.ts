import {metrics} from '@opentelemetry/api';
import type {Attributes, Meter, MetricOptions, Observable} from '@opentelemetry/api';
import {METRICS} from './catalogue.js';
import {EXEMPLARS} from './exemplars.js';
import {prometheusName} from './metric.js';
import type {Bound, Kind, Metric} from './metric.js';

type Catalogue = typeof METRICS;
export type MetricName = keyof Catalogue;
type NameOf<K extends Kind> = {[N in MetricName]: Catalogue[N]['kind'] extends K ? N : never}[MetricName];
type ValueOf<B> = B extends readonly (infer V)[] ? V : string;
type ValuesOf<L> = {-readonly [K in keyof L]: ValueOf<L[K]>};

/** The labels of a metric, each with a value that the catalogue allows. */
export type LabelsOf<N extends MetricName> = Readonly<
  (Catalogue[N] extends {labels: infer L} ? ValuesOf<L> : unknown) &
    (Catalogue[N] extends {maybe: infer M} ? Partial<ValuesOf<M>> : unknown)
>;

interface LabelledValue {
  readonly labels: Attributes;
  readonly value: number | bigint;
}

/** What a look finds: undefined: there is nothing to tell. With labels: one for each that there is. */
type Found<N extends MetricName> = Catalogue[N] extends {labels: Readonly<Record<string, Bound>>}
  ? readonly {readonly labels: LabelsOf<N>; readonly value: number | bigint}[]
  : number | bigint | undefined;

const meter = (): Meter => metrics.getMeter('vitalvault');
const optionsOf = ({unit, meaning}: Metric): MetricOptions => ({unit, description: meaning});

/** Made with the first value: `startMetrics` comes before it, and may come after whoever will measure is made. */
function made<I, L>(make: (meter: Meter) => I, take: (instrument: I, value: number, labels: L) => void) {
  let instrument: I | undefined;
  return (value: number, labels: L): void => {
    take((instrument ??= make(meter())), value, labels);
  };
}

/** Counts. */
export const counter = <N extends NameOf<'counter'>>(name: N): ((more: number, labels: LabelsOf<N>) => void) =>
  made(
    (meter) => meter.createCounter(name, optionsOf(METRICS[name])),
    (counter, more, labels: LabelsOf<N>) => counter.add(more, labels),
  );

/** A sum of what comes and goes. */
export const balance = <N extends NameOf<'updown'>>(name: N): ((more: number, labels: LabelsOf<N>) => void) =>
  made(
    (meter) => meter.createUpDownCounter(name, optionsOf(METRICS[name])),
    (balance, more, labels: LabelsOf<N>) => balance.add(more, labels),
  );

/** Puts values into buckets. */
export function histogram<N extends NameOf<'histogram'>>(name: N): (value: number, labels: LabelsOf<N>) => void {
  const metric: Metric = METRICS[name];
  const {buckets = [], exemplars = false} = metric;
  const known = prometheusName(name, metric);
  return made(
    (meter) => meter.createHistogram(name, optionsOf(metric)),
    (histogram, value, labels: LabelsOf<N>) => {
      histogram.record(value, labels);
      if (exemplars) EXEMPLARS.note(known, value, {labels, buckets});
    },
  );
}

/**
 * What there is at the moment when somebody asks for the metrics. `look` answers from what is at hand, or from a
 * question that is bounded and remembered (`recently`); when it throws, nothing is told.
 * @returns ends it
 */
export function observe<N extends NameOf<'gauge' | 'counter'>>(
  name: N,
  look: () => Found<N> | Promise<Found<N>>,
): () => void {
  const metric: Metric = METRICS[name];
  const made: Observable =
    metric.kind === 'counter'
      ? meter().createObservableCounter(name, optionsOf(metric))
      : meter().createObservableGauge(name, optionsOf(metric));
  const callback: Parameters<Observable['addCallback']>[0] = async (result) => {
    const found = (await look()) as number | bigint | undefined | readonly LabelledValue[];
    if (typeof found === 'object') for (const {labels, value} of found) result.observe(Number(value), labels);
    else if (found !== undefined) result.observe(Number(found));
  };
  made.addCallback(callback);
  return () => {
    made.removeCallback(callback);
  };
}

/** Asks once in `ms` at the most, whoever looks how often; a question that fails is asked again then. */
export function recently<T>(ms: number, ask: () => Promise<T>, now = () => performance.now()): () => Promise<T> {
  let asked: {readonly atMs: number; readonly answer: Promise<T>} | undefined;
  return () => {
    if (asked === undefined || now() - asked.atMs >= ms) asked = {atMs: now(), answer: ask()};
    return asked.answer;
  };
}
