import type {Metric} from '@vitalvault/process';
import {faultsOfAlerts} from './check-alerts.ts';
import type {Alert} from './observability/alert.ts';

const metrics: Record<string, Metric> = {
  'vitalvault.a': {kind: 'counter', unit: '{thing}', of: ['ingest'], meaning: 'a'},
  'vitalvault.b': {kind: 'histogram', unit: 's', of: ['ingest'], buckets: [1], meaning: 'b'},
};
const alert = (expr: string, more: Partial<Alert> = {}): Alert => ({
  name: 'trouble',
  summary: '',
  description: '',
  unit: '',
  rules: [{severity: 'page', for: '1m', expr}],
  ...more,
});
const panel = (query: string) => ({dashboard: 'd', panel: 'p', query});
const ASKED = 'rate(vitalvault_a_total[5m]) > 1 and on (x) up == 0';
const SHOWN = 'sum by (le) (vitalvault_b_seconds_bucket{le="1"})';

const faults = (
  alerts: Alert[],
  query: string,
  runbooks = ['trouble'],
  reasons: Record<string, string> = {},
): string[] => faultsOfAlerts(metrics, {alerts, panels: [panel(query)], runbooks}, reasons);

describe('faultsOfAlerts', () => {
  it('finds none where each metric is asked for, by its name, and each alert has its page', () => {
    expect(faults([alert(ASKED)], SHOWN)).toEqual([]);
  });

  it.each(['vitalvault_a', 'vitalvault_b_seconds', 'vitalvault:never_recorded', 'container_cpu_usage_seconds_total'])(
    'finds that nothing tells %s',
    (name) => {
      expect(faults([alert(`${ASKED} or ${name}`)], SHOWN)).toEqual([`alert trouble: nothing tells ${name}`]);
      expect(faults([alert(ASKED)], `${SHOWN} / ${name}`)).toEqual([`panel d, p: nothing tells ${name}`]);
    },
  );

  it('knows what an alert records, and looks into it', () => {
    const recordings = [{record: 'vitalvault:r', expr: 'vitalvault_gone'}];
    expect(faults([alert(`${ASKED} or vitalvault:r`, {recordings})], SHOWN)).toEqual([
      'alert trouble: nothing tells vitalvault_gone',
    ]);
  });

  it('finds a metric that nobody asks for, unless there is a reason', () => {
    const unasked = 'vitalvault.b is measured, and no panel and no alert asks for it';
    expect(faults([alert(ASKED)], 'up')).toEqual([unasked]);
    expect(faults([alert(ASKED)], 'up', ['trouble'], {'vitalvault.b': 'for us'})).toEqual([]);
  });

  it('finds a reason that is none any more', () => {
    const none = 'has a reason not to be asked for, and needs none';
    expect(faults([alert(ASKED)], SHOWN, ['trouble'], {'vitalvault.b': '', 'vitalvault.gone': ''})).toEqual([
      `vitalvault.b ${none}`,
      `vitalvault.gone ${none}`,
    ]);
  });

  it('finds an alert without a page, and a page without an alert', () => {
    expect(faults([alert(ASKED)], SHOWN, ['other'])).toEqual([
      'trouble has no page in docs/operations/runbooks',
      'docs/operations/runbooks/other.md is of no alert',
    ]);
  });
});
