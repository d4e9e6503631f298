import {startMetrics} from '@vitalvault/process';
import {metricSamples} from '@vitalvault/testkit';
import {measureAlert} from './measure-alert.js';

const metrics = startMetrics({service: 'spec'});
afterAll(() => metrics.shutdown());

test('an alert took as long as there is between its time and now; one of no time of ours makes no sum of none', async () => {
  measureAlert({raisedAtMs: 1_000n}, 'durable', 3_500);
  measureAlert({raisedAtMs: 5_000n}, 'durable', 3_500);
  measureAlert({raisedAtMs: -(2n ** 63n)}, 'delivered', 3_500);
  measureAlert({raisedAtMs: 2n ** 64n * 1_000n}, 'delivered', 3_500);
  const samples = await metricSamples(metrics, 'vitalvault_alert_delay_seconds');
  const told = (suffix: string): number[] => samples.filter(({name}) => name.endsWith(suffix)).map(({value}) => value);
  expect(told('_count')).toEqual([2, 2]);
  expect(told('_sum')).toEqual([2.5, 365 * 86_400]);
});
