import {podUsage} from '#cluster/use/pod-usage.js';
import type {Bench} from './bench.js';
import {NAMESPACE} from './bench.js';

const MEBIBYTE = 1024 * 1024;

/** Tells memory and CPU of every container, and measures the sum. @param when for example "at rest" */
export async function tellUsage({cluster, report}: Bench, when: string): Promise<void> {
  const usage = await podUsage(cluster.kubectl, NAMESPACE);
  const sorted = usage.toSorted((a, b) => a.pod.localeCompare(b.pod) || a.container.localeCompare(b.container));
  for (const {pod, container, workingSetBytes, cores} of sorted) {
    report.say(
      '',
      `${`${pod} ${container}`.padEnd(52)} ${(workingSetBytes / MEBIBYTE).toFixed(0).padStart(5)} MiB ${(cores * 1000).toFixed(0).padStart(5)} m`,
    );
  }
  const [memory, cores] = [
    usage.reduce((sum, one) => sum + one.workingSetBytes, 0),
    usage.reduce((sum, one) => sum + one.cores, 0),
  ];
  report.measure(
    `all pods ${when}`,
    `${(memory / MEBIBYTE).toFixed(0)} MiB working set, ${(cores * 1000).toFixed(0)} m CPU`,
  );
}
