import {describe, expect, it} from '@jest/globals';
import {METRICS, prometheusName} from '@vitalvault/process';
import type {Metric} from '@vitalvault/process';
import {prometheusFamilies} from '@vitalvault/testkit';
import type {PrometheusFamily, PrometheusSample} from '@vitalvault/testkit';
import {thePlatform} from './platform/platform.js';

const BY_NAME = new Map(
  Object.entries<Metric>(METRICS).map(([name, metric]) => [prometheusName(name, metric), metric]),
);
/** Of a process as the launcher calls it. */
const programOf = (name: string): string => (name.startsWith('abci-') ? 'ledger-abci' : name);

async function scraped(url: string): Promise<ReadonlyMap<string, PrometheusFamily>> {
  const response = await fetch(url);
  expect([url, response.status]).toEqual([url, 200]);
  return prometheusFamilies(await response.text());
}

/** Labels of a sample that the catalogue does not give its metric, or not with that value. */
function untold({labels = {}, maybe = {}}: Partial<Metric> = {}, sample: PrometheusSample): string[] {
  const bounds = new Map(
    Object.entries({...labels, ...maybe}).map(([label, bound]) => [label.replaceAll('.', '_'), bound]),
  );
  const isTold = ([label, value]: [string, string]): boolean => {
    const bound = bounds.get(label);
    return label === 'le' || typeof bound === 'number' || bound?.includes(value) === true;
  };
  return Object.entries(sample.labels)
    .filter((one) => !isTold(one))
    .map(([label]) => label);
}

const sum = (
  family: PrometheusFamily | undefined,
  suffix = '',
  labels: Readonly<Record<string, string>> = {},
): number =>
  (family?.samples ?? [])
    .filter(({name}) => name.endsWith(suffix))
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((total, {value}) => total + value, 0);

describe('what the processes of a running system measure', () => {
  const processes = Object.entries(thePlatform().endpoints.metrics);

  it('is told by each of them, by its address in endpoints.json', () => {
    expect(processes.map(([name]) => programOf(name))).toEqual(
      expect.arrayContaining(['ingest', 'policy', 'storage', 'notify', 'ledger-abci']),
    );
  });

  it.each(processes)(
    '%s tells what the catalogue says, with its labels and their values, and nothing else',
    async (name, url) => {
      const families = await scraped(url);
      const program = programOf(name);
      for (const [told, {samples, type}] of families) {
        if (told === 'target_info') continue;
        const metric = BY_NAME.get(told);
        expect([told, metric?.of.includes(program as never)]).toEqual([told, true]);
        expect([told, type]).toEqual([told, metric?.kind === 'updown' ? 'gauge' : metric?.kind]);
        expect([told, samples.flatMap((sample) => untold(metric, sample))]).toEqual([told, []]);
      }
      for (const always of ['process_cpu_time_seconds_total', 'nodejs_eventloop_delay_p99_seconds', 'vitalvault_ready'])
        expect([always, families.has(always)]).toEqual([always, true]);
    },
  );

  it.each(['ingest', 'policy', 'storage', 'notify'])('%s counts its requests by route and status', async (name) => {
    const {services, metrics} = thePlatform().endpoints;
    const duration = async (): Promise<number> =>
      sum((await scraped(metrics[name] ?? '')).get('http_server_request_duration_seconds'), '_count', {
        http_request_method: 'GET',
        http_route: 'unmatched',
        http_response_status_code: '404',
      });
    const before = await duration();
    await fetch(`${services[name as 'ingest']}/nowhere/0123456789abcdef0123456789abcdef01234567`);
    expect(await duration()).toBe(before + 1);
  });

  it.each([
    ['storage', 'vitalvault_storage_backlog', ['to-pack', 'to-anchor']],
    ['storage', 'vitalvault_storage_backlog_age_seconds', ['to-pack', 'to-anchor']],
    ['storage', 'vitalvault_storage_packs', ['making', 'failing', 'dropping']],
    ['storage', 'vitalvault_storage_packs_short', ['below-minimum', 'nowhere']],
    ['storage', 'vitalvault_storage_ipfs_free_bytes', [undefined]],
    ['storage', 'vitalvault_outbox_messages', [undefined]],
    ['storage', 'vitalvault_database_size_bytes', [undefined]],
    ['policy', 'vitalvault_follower_height', [undefined]],
    ['policy', 'vitalvault_database_size_bytes', [undefined]],
    ['policy', 'vitalvault_database_connections', [undefined]],
    ['policy', 'vitalvault_database_connections_ceiling', [undefined]],
    ['policy', 'vitalvault_database_transaction_age_seconds', [undefined]],
    ['notify', 'vitalvault_notify_deliveries_due', [undefined]],
    ['notify', 'vitalvault_notify_deliveries_age_seconds', [undefined]],
    ['notify', 'vitalvault_kafka_consumer_lag_age_seconds', [undefined]],
    ['notify', 'vitalvault_dead_letters_age_seconds', [undefined]],
    ['storage', 'vitalvault_kafka_under_replicated', [undefined]],
  ])('%s asks its stores for %s', async (name, metric, states) => {
    const samples = (await scraped(thePlatform().endpoints.metrics[name] ?? '')).get(metric)?.samples ?? [];
    expect(samples.map(({labels}) => labels['state'])).toEqual(states);
  });

  it('both ends of a gRPC call count it', async () => {
    const {metrics} = thePlatform().endpoints;
    const [asked, answered] = [await scraped(metrics['ingest'] ?? ''), await scraped(metrics['storage'] ?? '')];
    const labels = {rpc_method: 'vitalvault.storage.v1.StorageService/GetBacklog', rpc_response_status_code: 'OK'};
    expect(sum(asked.get('rpc_client_call_duration_seconds'), '_count', labels)).toBeGreaterThan(0);
    expect(sum(answered.get('rpc_server_call_duration_seconds'), '_count', labels)).toBeGreaterThan(0);
  });

  it("ingest's queue for Kafka is empty and has no oldest when nobody posts", async () => {
    const families = await scraped(thePlatform().endpoints.metrics['ingest'] ?? '');
    for (const name of ['messages', 'age_seconds', 'fullness_ratio'])
      expect([name, families.get(`vitalvault_kafka_send_queue_${name}`)?.samples]).toEqual([
        name,
        [{name: `vitalvault_kafka_send_queue_${name}`, labels: {}, value: 0}],
      ]);
  });
});

describe('what the engines of a running system measure', () => {
  it.each([
    ['comet-', 'cometbft_consensus_height'],
    ['cluster-', 'ipfscluster_pins'],
    ['kubo-', 'ipfs_info'],
  ])('%s… tells %s at its address in endpoints.json', async (prefix, metric) => {
    const engines = Object.entries(thePlatform().endpoints.engineMetrics).filter(([name]) => name.startsWith(prefix));
    expect(engines.length).toBeGreaterThan(2);
    for (const [name, url] of engines) {
      const response = await fetch(url);
      const told = (await response.text()).split('\n').some((line) => line.startsWith(metric));
      expect([name, response.status, told]).toEqual([name, 200, true]);
    }
  });
});
