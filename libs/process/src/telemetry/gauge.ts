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
