import {METRICS} from '@vitalvault/process';
import type {Metric} from '@vitalvault/process';
import {faultsOfMetrics} from './check-metrics.ts';

const metrics: Record<string, Metric> = {
  'vitalvault.a': {kind: 'counter', unit: '{thing}', of: ['ingest'], meaning: 'a'},
  'vitalvault.b': {kind: 'histogram', unit: 's', of: ['ingest'], labels: {kind: ['x']}, buckets: [1], meaning: 'b'},
};
const USED = "counter('vitalvault.a'); histogram('vitalvault.b')";

const faults = (source: Record<string, string>, asking: Record<string, string> = {}, of = metrics): string[] =>
  faultsOfMetrics(of, {source: new Map(Object.entries(source)), asking: new Map(Object.entries(asking))});

describe('faultsOfMetrics', () => {
  it('finds none where each is told, and asked for by its name', () => {
    const asking = {'docs/a.md': 'rate(vitalvault_a_total[5m]) and vitalvault_b_seconds_bucket{le="1"}'};
    expect(faults({'apps/ingest/src/x.ts': USED}, asking)).toEqual([]);
  });

  it('finds a metric that nothing tells, though the catalogue and a document name it', () => {
    const source = {
      'libs/process/src/metrics/work-metrics.ts': USED,
      'apps/ingest/src/x.ts': "counter('vitalvault.a')",
    };
    expect(faults(source, {'docs/a.md': 'vitalvault_b_seconds_sum'})).toEqual([
      'vitalvault.b is in the catalogue, and nothing tells it',
    ]);
  });

  it('finds an instrument beside the catalogue', () => {
    const source = {'apps/ingest/src/x.ts': USED, 'apps/policy/src/y.ts': "meter.createObservableGauge('mine')"};
    expect(faults(source)).toEqual(['apps/policy/src/y.ts makes an instrument beside the catalogue']);
  });

  it.each(['vitalvault_a', 'vitalvault_b_bucket', 'vitalvault_a_total_sum'])(
    'finds that %s is asked for in vain',
    (name) => {
      expect(faults({'x.ts': USED}, {'docs/a.md': `${name} > 0`})).toEqual([`docs/a.md: nothing tells ${name}`]);
    },
  );

  it('finds that a process could tell too much', () => {
    const wide: Metric = {
      kind: 'histogram',
      unit: 's',
      of: ['ingest'],
      labels: {part: 900},
      most: 900,
      buckets: Array<number>(20).fill(1),
      meaning: '',
    };
    expect(faults({'x.ts': "'vitalvault.w'"}, {}, {'vitalvault.w': wide})).toEqual([
      'ingest may come to tell 18900 series',
    ]);
  });

  it('finds no fault of names, labels or sizes in ours', () => {
    const source = Object.keys(METRICS)
      .map((name) => `'${name}'`)
      .join();
    expect(faults({'x.ts': source}, {}, METRICS)).toEqual([]);
  });
});
