import {meter} from './start-metrics.js';

/** A number of this moment, looked up whenever somebody asks for the metrics; undefined: there is none to tell. */
export function gauge(name: string, description: string, value: () => number | bigint | undefined): void {
  meter()
    .createObservableGauge(name, {description})
    .addCallback((result) => {
      const now = value();
      if (now !== undefined) result.observe(Number(now));
    });
}

/** The same of several at once, each told by its labels; none: there is nothing to tell. The labels are bounded. */
export function gaugeOfEach(
  name: string,
  description: string,
  values: () => readonly {readonly labels: Readonly<Record<string, string>>; readonly value: number}[],
): void {
  meter()
    .createObservableGauge(name, {description})
    .addCallback((result) => {
      for (const {labels, value} of values()) result.observe(value, labels);
    });
}
