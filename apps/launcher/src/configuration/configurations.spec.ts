import {describe, expect, it} from '@jest/globals';
import {layoutOf} from '../plan/layout.js';
import {SERVICES} from '../plan/names.js';
import {portLayout} from '../plan/ports.js';
import {clusterConfig} from './cluster-config.js';
import {cometConfig} from './cometbft-config.js';
import {kafkaConfig} from './kafka-config.js';
import {kuboConfig} from './kubo-config.js';
import {otelConfig} from './otel-config.js';
import {serviceEnvironment} from './service-environment.js';

const comet = cometConfig({moniker: 'validator-1', abciSocket: '/d/run/abci-1.sock', p2pPort: 1, rpcPort: 2, peers: ['aa@127.0.0.1:3', 'bb@127.0.0.1:4']});
const kubo = kuboConfig({identity: {id: 'me', privateKey: 'secret'}, swarmPort: 1, apiPort: 2, gatewayPort: 3, peers: [{id: 'other', swarmPort: 4}]});
const cluster = clusterConfig({peername: 'cluster-0', secret: 's', swarmPort: 1, restPort: 2, kuboApiPort: 3, trusted: ['me', 'other'], peers: [{id: 'other', swarmPort: 4}]});
const kafka = kafkaConfig({brokerPort: 1, controllerPort: 2, directory: '/d/kafka'});
const otel = otelConfig({grpcPort: 1, httpPort: 2, healthPort: 3, tracesFile: '/d/traces.jsonl'});

describe('every engine\'s configuration', () => {
  it.each([['CometBFT', comet], ['kubo', kubo], ['IPFS Cluster', cluster], ['Kafka', kafka], ['Collector', otel]])('%s names no address but loopback', (_, text) => {
    const addresses = text.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? [];
    expect(addresses.length).toBeGreaterThan(0);
    expect(new Set(addresses)).toEqual(new Set(['127.0.0.1']));
    expect(text).not.toMatch(/\[?::\]?[:/\d]|\/ip6\/|localhost|\*:\d/);
  });
});

describe('cometConfig', () => {
  const setting = (name: string) => new RegExp(`^${name} = (.*)$`, 'm').exec(comet)?.[1];

  it.each([
    ['recheck', 'false'], ['size', '50000'], ['max_txs_bytes', '33554432'], ['cache_size', '100000'], ['max_tx_bytes', '65536'],
    ['indexer', '"null"'], ['timeout_commit', '"500ms"'], ['timeout_propose', '"1s"'], ['create_empty_blocks', 'false'],
    ['create_empty_blocks_interval', '"10s"'], ['addr_book_strict', 'false'], ['allow_duplicate_ip', 'true'],
    ['proxy_app', '"unix:///d/run/abci-1.sock"'], ['persistent_peers', '"aa@127.0.0.1:3,bb@127.0.0.1:4"'],
  ])('sets %s', (name, value) => { expect(setting(name)).toBe(value); });
});

describe('clusterConfig', () => {
  it('lets only named peers pin, two to three copies, in batches', () => {
    const config = JSON.parse(cluster) as {cluster: object; consensus: {crdt: object}; api: object};
    expect(config.cluster).toMatchObject({replication_factor_min: 2, replication_factor_max: 3});
    expect(config.consensus.crdt).toMatchObject({trusted_peers: ['me', 'other'], batching: {max_batch_size: 100, max_batch_age: '300ms'}});
    expect(Object.keys(config.api)).toEqual(['restapi']);
  });
});

describe('kuboConfig', () => {
  it('is alone with its peers: no bootstrap, no routing, and a gateway that fetches nothing', () => {
    expect(JSON.parse(kubo)).toMatchObject({
      Bootstrap: [], Routing: {Type: 'none'}, AutoConf: {Enabled: false}, Discovery: {MDNS: {Enabled: false}},
      Gateway: {NoFetch: true, DeserializedResponses: false}, Peering: {Peers: [{ID: 'other', Addrs: ['/ip4/127.0.0.1/tcp/4']}]},
    });
  });
});

describe('serviceEnvironment', () => {
  const context = {
    layout: layoutOf('/d'), ports: portLayout(30_000), organisation: 'ab',
    settings: {layout: 1, chainId: 'c', portBase: 30_000, validators: 2} as const,
  };

  it('gives each service its own key and no other\'s', () => {
    const keys = SERVICES.map((name) => Object.values(serviceEnvironment(name, context)).filter((v) => v.endsWith('.key.json')).map((v) => v.replace('/d/org/0/', '')));
    expect(Object.fromEntries(SERVICES.map((name, i) => [name, keys[i]]))).toEqual({
      policy: ['release.key.json', 'policy.key.json'], notify: [], storage: ['storage.key.json'], ingest: ['ingest.key.json'],
    });
  });

  it('names the own validator and the own IPFS peer first', () => {
    const env = serviceEnvironment('storage', context);
    expect(env.VITALVAULT_LEDGER_RPC).toBe('http://127.0.0.1:30001,http://127.0.0.1:30011');
    expect(env.VITALVAULT_KUBO).toBe('http://127.0.0.1:30202,http://127.0.0.1:30212,http://127.0.0.1:30222');
  });

  it('gives a database to those that have one', () => {
    expect(SERVICES.map((name) => serviceEnvironment(name, context).VITALVAULT_DATABASE_URL?.split('/').at(-1))).toEqual(['vv_policy', 'vv_notify', 'vv_storage', undefined]);
  });
});
