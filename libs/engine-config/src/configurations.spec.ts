import {LIMITS} from '@vitalvault/contracts';
import {describe, expect, it} from '@jest/globals';
import {clusterConfig, REPLICATION} from './cluster-config.js';
import {cometConfig} from './cometbft-config.js';
import {kafkaConfig} from './kafka-config.js';
import {kuboConfig} from './kubo-config.js';
import {otelConfig} from './otel-config.js';

const at = (port: number) => `/ip4/127.0.0.1/tcp/${port}`;
const comet = cometConfig({
  moniker: 'validator-1',
  abciSocket: '/d/run/abci-1.sock',
  p2p: '127.0.0.1:1',
  rpc: '127.0.0.1:2',
  externalAddress: '127.0.0.1:1',
  peers: ['aa@127.0.0.1:3', 'bb@127.0.0.1:4'],
  doubleSignCheckHeight: 0,
});
const kubo = kuboConfig({
  identity: {id: 'me', privateKey: 'secret'},
  listen: {swarm: at(1), api: at(2), gateway: at(3)},
  peers: [{id: 'other', address: at(4)}],
  storageMaxBytes: 7_000_000_000,
});
const cluster = clusterConfig({
  peername: 'cluster-0',
  secret: 's',
  listen: {swarm: at(1), rest: at(2)},
  kuboApi: at(3),
  trusted: ['me', 'other'],
  peers: [{id: 'other', address: at(4)}],
  replication: REPLICATION,
});
const kafka = kafkaConfig({
  broker: '127.0.0.1:1',
  controller: '127.0.0.1:2',
  advertised: {broker: '127.0.0.1:1', controller: '127.0.0.1:2'},
  directory: '/d/kafka',
});
const otel = otelConfig({
  grpc: '127.0.0.1:1',
  http: '127.0.0.1:2',
  health: '127.0.0.1:3',
  tracesFile: '/d/traces.jsonl',
});

describe("every engine's configuration", () => {
  it.each([
    ['CometBFT', comet],
    ['kubo', kubo],
    ['IPFS Cluster', cluster],
    ['Kafka', kafka],
    ['Collector', otel],
  ])('%s names no address but those it was given', (_, text) => {
    const addresses = text.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? [];
    expect(addresses.length).toBeGreaterThan(0);
    expect(new Set(addresses)).toEqual(new Set(['127.0.0.1']));
    expect(text).not.toMatch(/\[?::\]?[:/\d]|\/ip6\/|localhost|\*:\d/);
  });
});

describe('cometConfig', () => {
  const setting = (name: string) => new RegExp(`^${name} = (.*)$`, 'm').exec(comet)?.[1];

  it.each([
    ['recheck', 'false'],
    ['size', '50000'],
    ['max_txs_bytes', '33554432'],
    ['cache_size', '100000'],
    ['max_tx_bytes', '65536'],
    ['indexer', '"null"'],
    ['timeout_commit', '"500ms"'],
    ['timeout_propose', '"1s"'],
    ['create_empty_blocks', 'false'],
    ['create_empty_blocks_interval', '"10s"'],
    ['addr_book_strict', 'false'],
    ['allow_duplicate_ip', 'true'],
    ['proxy_app', '"unix:///d/run/abci-1.sock"'],
    ['persistent_peers', '"aa@127.0.0.1:3,bb@127.0.0.1:4"'],
  ])('sets %s', (name, value) => {
    expect(setting(name)).toBe(value);
  });
});

describe("CometBFT's pool", () => {
  it('goes whole into one block, at its worst, so that PrepareProposal sees all of it', () => {
    // types.MaxDataBytes of CometBFT 0.38: overhead, header, a commit of this many validators, evidence.
    const validators = 200;
    const data = LIMITS.cometBlockBytes - 11 - 626 - (94 + 111 * validators) - LIMITS.cometEvidenceBytes;
    // Before each transaction of at most 65,536 bytes: field number and length.
    expect(LIMITS.mempoolBytes + 4 * LIMITS.mempoolTxs).toBeLessThanOrEqual(data);
  });
});

describe('cometConfig on a cluster', () => {
  it('takes genesis and keys from where they are mounted', () => {
    const text = cometConfig({
      moniker: 'v',
      abciSocket: '/s',
      p2p: '0.0.0.0:26656',
      rpc: '0.0.0.0:26657',
      externalAddress: '',
      peers: [],
      doubleSignCheckHeight: 2,
      files: {
        genesis: '/genesis/genesis.json',
        validatorKey: '/keys/priv_validator_key.json',
        nodeKey: '/keys/node_key.json',
        addressBook: 'data/addrbook.json',
      },
    });
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        'genesis_file = "/genesis/genesis.json"',
        'priv_validator_key_file = "/keys/priv_validator_key.json"',
        'node_key_file = "/keys/node_key.json"',
        'addr_book_file = "data/addrbook.json"',
        'double_sign_check_height = 2',
        'laddr = "tcp://0.0.0.0:26656"',
      ]),
    );
  });
});

describe('clusterConfig', () => {
  it('lets only named peers pin, two to three copies, in batches', () => {
    const config = JSON.parse(cluster) as {cluster: object; consensus: {crdt: object}; api: object};
    expect(config.cluster).toMatchObject({replication_factor_min: 2, replication_factor_max: 3});
    expect(config.consensus.crdt).toMatchObject({
      trusted_peers: ['me', 'other'],
      batching: {max_batch_size: 100, max_batch_age: '300ms'},
    });
    expect(Object.keys(config.api)).toEqual(['restapi']);
  });
});

describe('kuboConfig', () => {
  it('is alone with its peers: no bootstrap, no routing, and a gateway that fetches nothing', () => {
    expect(JSON.parse(kubo)).toMatchObject({
      Bootstrap: [],
      Routing: {Type: 'none'},
      AutoConf: {Enabled: false},
      Discovery: {MDNS: {Enabled: false}},
      Gateway: {NoFetch: true, DeserializedResponses: false},
      Peering: {Peers: [{ID: 'other', Addrs: ['/ip4/127.0.0.1/tcp/4']}]},
    });
  });
});
