import {monitorEventLoopDelay, performance} from 'node:perf_hooks';
import {getHeapStatistics} from 'node:v8';
import {observe} from './instruments.js';

const RESOLUTION_MS = 10;
const NANOSECONDS = 1e9;
const MICROSECONDS = 1e6;

/**
 * Time, memory and event loop of this process. What tells of a span of time tells of that since it was last asked.
 * @returns ends the watch
 */
export function watchProcess(): () => void {
  observe('process.cpu.time', () => {
    const {user, system} = process.cpuUsage();
    return [
      {labels: {'cpu.mode': 'user'}, value: user / MICROSECONDS},
      {labels: {'cpu.mode': 'system'}, value: system / MICROSECONDS},
    ] as const;
  });
  observe('process.memory.usage', () => process.memoryUsage.rss());
  observe('process.uptime', () => process.uptime());
  observe('v8js.memory.heap.used', () => getHeapStatistics().used_heap_size);
  observe('v8js.memory.heap.max', () => getHeapStatistics().heap_size_limit);
  let last = performance.eventLoopUtilization();
  observe('nodejs.eventloop.utilization', () => {
    const now = performance.eventLoopUtilization();
    const {utilization} = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  });
  const delay = monitorEventLoopDelay({resolution: RESOLUTION_MS});
  delay.enable();
  // Without a sample yet there is no number of anything. Each has the time between two looks in it, which is no delay.
  const told = (nanoseconds: () => number) => () =>
    delay.count === 0 ? undefined : Math.max(0, nanoseconds() / NANOSECONDS - RESOLUTION_MS / 1_000);
  observe(
    'nodejs.eventloop.delay.p50',
    told(() => delay.percentile(50)),
  );
  observe(
    'nodejs.eventloop.delay.p99',
    told(() => delay.percentile(99)),
  );
  observe('nodejs.eventloop.delay.max', () => {
    const max = told(() => delay.max)();
    // Looked at last: what comes is of the next span.
    delay.reset();
    return max;
  });
  return () => {
    delay.disable();
  };
}
