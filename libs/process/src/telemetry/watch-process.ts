import type {Meter} from '@opentelemetry/api';
import {monitorEventLoopDelay, performance} from 'node:perf_hooks';
import {getHeapStatistics} from 'node:v8';

const RESOLUTION_MS = 10;
const NANOSECONDS = 1e9;
const MICROSECONDS = 1e6;

/**
 * Time, memory and event loop of this process, by the names that Node's dashboards know. What tells of a
 * span of time tells of that since it was last asked.
 * @returns ends the watch
 */
export function watchProcess(meter: Meter): () => void {
  meter.createObservableCounter('process_cpu_seconds', {description: 'Processor time used.'}).addCallback((result) => {
    const {user, system} = process.cpuUsage();
    result.observe(user / MICROSECONDS, {mode: 'user'});
    result.observe(system / MICROSECONDS, {mode: 'system'});
  });
  meter
    .createObservableGauge('process_resident_memory_bytes', {description: 'Resident memory.'})
    .addCallback((result) => result.observe(process.memoryUsage.rss()));
  meter
    .createObservableGauge('process_uptime_seconds', {description: 'Time since the process began.'})
    .addCallback((result) => result.observe(process.uptime()));
  meter
    .createObservableGauge('nodejs_heap_size_used_bytes', {description: 'Heap in use.'})
    .addCallback((result) => result.observe(getHeapStatistics().used_heap_size));
  let last = performance.eventLoopUtilization();
  meter
    .createObservableGauge('nodejs_eventloop_utilization', {
      description: 'Share of the time that was not idle, 0 to 1.',
    })
    .addCallback((result) => {
      const now = performance.eventLoopUtilization();
      result.observe(performance.eventLoopUtilization(now, last).utilization);
      last = now;
    });
  const delay = monitorEventLoopDelay({resolution: RESOLUTION_MS});
  delay.enable();
  const [p50, p99, max] = ['p50', 'p99', 'max'].map((name) =>
    meter.createObservableGauge(`nodejs_eventloop_lag_${name}_seconds`, {description: 'Delay of the event loop.'}),
  );
  if (p50 !== undefined && p99 !== undefined && max !== undefined)
    meter.addBatchObservableCallback(
      (result) => {
        // Without a sample yet the percentiles are no numbers of anything.
        if (delay.count === 0) return;
        result.observe(p50, delay.percentile(50) / NANOSECONDS);
        result.observe(p99, delay.percentile(99) / NANOSECONDS);
        result.observe(max, delay.max / NANOSECONDS);
        delay.reset();
      },
      [p50, p99, max],
    );
  return () => {
    delay.disable();
  };
}
