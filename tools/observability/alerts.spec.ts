import {alertName, scaled} from './alert.ts';
import type {Alert} from './alert.ts';
import {metricsOf} from './queries.ts';
import {ALERTS, ruleFile} from './rule-files.ts';

describe('metricsOf', () => {
  it.each([
    ['up == 0', ['up']],
    [
      'sum by (namespace, program) (rate(a_total{code="b_c{", x=~"y|z"}[5m])) / on (namespace) b:c > 1.5e3',
      ['a_total', 'b:c'],
    ],
    ['max(a) unless a offset 15m or absent(b{le="10"}) and predict_linear(c[6h], 4 * 86400) < 0', ['a', 'b', 'c']],
    ['a * on (x) group_left (y) b', ['a', 'b']],
    ['histogram_quantile(0.99, sum by (le) (rate(d_bucket[5m])))', ['d_bucket']],
  ])('%s', (query, names) => {
    expect(metricsOf(query)).toEqual(names);
  });
});

describe('scaled', () => {
  const alert: Alert = {
    name: 'a-b',
    summary: '',
    description: '',
    unit: '',
    recordings: [{record: 'r:share_5m', expr: 'rate(x[5m])'}],
    rules: [{severity: 'page', for: '90s', expr: 'r:share_5m > 60 or x[3d] unless x offset 15m'}],
  };

  it('shortens ranges, offsets and waits, and neither names nor what is compared', () => {
    expect(scaled(alert, 1 / 60)).toMatchObject({
      recordings: [{record: 'r:share_5m', expr: 'rate(x[5s])'}],
      rules: [{for: '1500ms', expr: 'r:share_5m > 60 or x[4320s] unless x offset 15s'}],
    });
  });

  it('by one is the same', () => {
    expect(scaled(alert, 1)).toBe(alert);
  });
});

it('an alert is called as its file is', () => {
  expect(alertName('records-not-stored')).toBe('VitalVaultRecordsNotStored');
});

it('each alert has its own name, and a rule of a severity once', () => {
  expect(new Set(ALERTS.map(({name}) => name)).size).toBe(ALERTS.length);
  for (const {name, rules} of ALERTS)
    expect([name, new Set(rules.map(({severity}) => severity)).size]).toEqual([name, rules.length]);
});

it('a rule file has what is worked out before what needs it, a severity, a unit and the way to the runbook', () => {
  const text = ruleFile(ALERTS[0] as Alert);
  expect(text.indexOf('record:')).toBeLessThan(text.indexOf('alert:'));
  expect(text).toMatch(/severity: page[^]*unit: [^]*runbook_url: https:\/\/vitalvault.dev\/runbooks\/records-refused/);
});
