import {METRICS} from './catalogue.js';
import {counter, histogram, observe, recently} from './instruments.js';
import {mostSeries, prometheusName} from './metric.js';
import type {Metric} from './metric.js';
import {startMetrics} from './start-metrics.js';

const metrics = startMetrics({service: 'spec'});
afterAll(() => metrics.shutdown());

/** Lines of a metric as Prometheus reads them. */
async function told(name: string): Promise<string[]> {
  let text = '';
  const response = {writeHead: () => response, end: (body: string) => void (text = body)};
  await metrics.answer(response as never);
  return text.split('\n').filter((line) => new RegExp(`^${name}(_bucket|_sum|_count)?[{ ]`).test(line));
}

describe('metrics', () => {
  it.each<[name: string, metric: Pick<Metric, 'kind' | 'unit'>, prometheus: string]>([
    ['http.server.request.duration', {kind: 'histogram', unit: 's'}, 'http_server_request_duration_seconds'],
    ['process.cpu.time', {kind: 'counter', unit: 's'}, 'process_cpu_time_seconds_total'],
    ['nodejs.eventloop.utilization', {kind: 'gauge', unit: '1'}, 'nodejs_eventloop_utilization_ratio'],
    ['vitalvault.ledger.disk_free', {kind: 'gauge', unit: 'By'}, 'vitalvault_ledger_disk_free_bytes'],
    ['vitalvault.refusals', {kind: 'counter', unit: '{request}'}, 'vitalvault_refusals_total'],
  ])('%s is known to Prometheus by unit and kind', (name, metric, prometheus) => {
    expect(prometheusName(name, metric)).toBe(prometheus);
  });

  it('have names of their own, ours under one prefix', () => {
    const names = Object.entries<Metric>(METRICS).map(([name, metric]) => prometheusName(name, metric));
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^(?:vitalvault|http|rpc|process|nodejs|v8js)_[a-z0-9_]+$/.test(name))).toEqual([]);
  });

  it('say nothing by a label that is not listed', async () => {
    counter('vitalvault.refusals')(1, {code: 'behind', patient: 'ada'} as never);
    expect(await told('vitalvault_refusals_total')).toEqual(['vitalvault_refusals_total{code="behind"} 1']);
  });

  it('put values into the buckets of the catalogue', async () => {
    histogram('rpc.server.call.duration')(0.3, {'rpc.method': 'a/B', 'rpc.response.status_code': 'OK'});
    const lines = await told('rpc_server_call_duration_seconds');
    const buckets: Metric['buckets'] = METRICS['rpc.server.call.duration'].buckets;
    expect(lines.filter((line) => line.includes('_bucket'))).toHaveLength(buckets.length + 1);
    expect(lines.filter((line) => /le="0\.(?:25|5)"/.test(line)).map((line) => line.split(' ')[1])).toEqual(['0', '1']);
  });

  it('are as many series as they may be, and one of all others', async () => {
    const most = mostSeries(METRICS['rpc.client.call.duration']);
    const duration = histogram('rpc.client.call.duration');
    for (let n = 0; n < 3 * most; n++) duration(1, {'rpc.method': `a/${n}`, 'rpc.response.status_code': 'OK'});
    const counts = (await told('rpc_client_call_duration_seconds')).filter((line) => line.includes('_count{'));
    expect(counts).toHaveLength(most + 1);
    expect(counts.filter((line) => line.includes('otel_metric_overflow'))).toHaveLength(1);
  });

  it('leave out what cannot be looked up now, and tell all the rest', async () => {
    observe('vitalvault.ledger.height', () => {
      throw new Error('words');
    });
    observe('vitalvault.ledger.disk_free', () => Promise.reject(new Error('words')));
    observe('vitalvault.ledger.leaf_rounds', () => undefined);
    const end = observe('vitalvault.ledger.damaged_leaves', () => Promise.resolve(3n));
    for (const silent of ['height', 'disk_free_bytes', 'leaf_rounds'])
      expect(await told(`vitalvault_ledger_${silent}`)).toEqual([]);
    expect(await told('vitalvault_ledger_damaged_leaves')).toEqual(['vitalvault_ledger_damaged_leaves 3']);
    end();
    expect(await told('vitalvault_ledger_damaged_leaves')).toEqual([]);
  });
});

describe('what waits no more', () => {
  it('is told no more', async () => {
    const parts = ['kafka', 'notify'];
    observe('vitalvault.degraded', () => parts.map((part) => ({labels: {part}, value: 7})));
    expect(await told('vitalvault_degraded_seconds')).toHaveLength(2);
    parts.pop();
    expect(await told('vitalvault_degraded_seconds')).toEqual(['vitalvault_degraded_seconds{part="kafka"} 7']);
  });
});

describe('recently', () => {
  it('asks once in a time, whoever looks, also when the answer is a fault', async () => {
    let [atMs, asked] = [0, 0];
    const look = recently(
      1_000,
      () => (++asked === 2 ? Promise.reject(new Error('away')) : Promise.resolve(asked)),
      () => atMs,
    );
    expect(await Promise.all([look(), look()])).toEqual([1, 1]);
    atMs = 1_000;
    await expect(look()).rejects.toThrow('away');
    await expect(look()).rejects.toThrow('away');
    atMs = 2_000;
    expect(await look()).toBe(3);
  });
});
