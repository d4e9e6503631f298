import {prometheusFamilies} from './prometheus-families.js';
import type {PrometheusSample} from './prometheus-families.js';

/** What a process is asked by Prometheus. */
interface Answering {
  answer(response: never): Promise<void>;
}

/** Samples of a metric that a process would tell now, by its name as Prometheus has it; none: there is no such one. */
export async function metricSamples(metrics: Answering, name: string): Promise<readonly PrometheusSample[]> {
  let text = '';
  const response = {writeHead: () => response, end: (body: string) => void (text = body)};
  await metrics.answer(response as never);
  return prometheusFamilies(text).get(name)?.samples ?? [];
}

/** Its values by their labels; of a histogram how many there were. */
export async function metricValues(metrics: Answering, name: string): Promise<Record<string, number>> {
  const samples = await metricSamples(metrics, name);
  return Object.fromEntries(
    samples
      .filter((sample) => !/_(?:bucket|sum)$/.test(sample.name))
      .map(({labels, value}) => [Object.values(labels).join(' '), value]),
  );
}
