import {describe, expect, it} from '@jest/globals';
import {readdirSync} from 'node:fs';
import {basename, dirname} from 'node:path';
import {prometheusConfig} from './observers.js';

interface Config {
  rule_files: string[];
  alerting: {alertmanagers: {static_configs: {targets: string[]}[]}[]};
  scrape_configs: {static_configs: {targets: string[]; labels: Record<string, string>}[]}[];
}

const config = JSON.parse(
  prometheusConfig(
    {
      ingest: 'http://127.0.0.1:27010/metrics',
      'abci-12': 'http://127.0.0.1:26602/metrics',
      'kubo-0': 'http://127.0.0.1:26801/debug/metrics/prometheus',
    },
    '127.0.0.1:26931',
  ),
) as Config;

describe('Prometheus beside a system on one machine', () => {
  it('scrapes what endpoints.json names, each under its program and its own name', () => {
    expect(config.scrape_configs[0]?.static_configs).toEqual([
      {targets: ['127.0.0.1:27010'], labels: {program: 'ingest', instance: 'ingest', __metrics_path__: '/metrics'}},
      {
        targets: ['127.0.0.1:26602'],
        labels: {program: 'ledger-abci', instance: 'abci-12', __metrics_path__: '/metrics'},
      },
      {
        targets: ['127.0.0.1:26801'],
        labels: {program: 'kubo', instance: 'kubo-0', __metrics_path__: '/debug/metrics/prometheus'},
      },
    ]);
  });

  it("has the chart's rules, and tells the Alertmanager beside it", () => {
    const [pattern = ''] = config.rule_files;
    expect(basename(pattern)).toBe('*.yaml');
    expect(readdirSync(dirname(pattern)).filter((name) => name.endsWith('.yaml')).length).toBeGreaterThan(20);
    expect(config.alerting.alertmanagers[0]?.static_configs[0]?.targets).toEqual(['127.0.0.1:26931']);
  });
});
