import type {PeerIdentity} from '@vitalvault/genesis';

export interface KuboSettings {
  identity: PeerIdentity;
  /** Multiaddresses to listen on. */
  listen: {swarm: string; api: string; gateway: string};
  /** The other peers, always kept connected, with a multiaddress of each. */
  peers: readonly {id: string; address: string}[];
  /** See `storageMaxBytes`. */
  storageMaxBytes: number;
}

/**
 * What lies where in a repository; `datastore_spec` says the same, and kubo refuses a repository in which the two
 * differ.
 */
const BLOCKS = {
  mountpoint: '/blocks',
  type: 'flatfs',
  path: 'blocks',
  shardFunc: '/repo/flatfs/shard/v1/next-to-last/2',
} as const;
const INDEX = {mountpoint: '/', type: 'levelds', path: 'datastore'} as const;

/** Config of a kubo peer in a private swarm: no bootstrap, no DHT, no relay, no mDNS, no QUIC. */
export function kuboConfig(s: KuboSettings): string {
  const config = {
    Identity: {PeerID: s.identity.id, PrivKey: s.identity.privateKey},
    Datastore: {
      StorageMax: `${String(s.storageMaxBytes)}B`,
      StorageGCWatermark: 90,
      GCPeriod: '1h',
      Spec: {
        type: 'mount',
        mounts: [
          {...BLOCKS, prefix: 'flatfs.datastore', sync: false},
          {...INDEX, prefix: 'leveldb.datastore', compression: 'none'},
        ],
      },
      // Storage hashes what it is given, whoever gives it; once is enough.
      HashOnRead: false,
      BloomFilterSize: 0,
      // Without memory of which blocks it has: a block that is given again is written again, which is how storage
      // repairs a damaged one (docs/adr/0010).
      BlockKeyCacheSize: 0,
      WriteThrough: true,
    },
    Addresses: {
      Swarm: [s.listen.swarm],
      Announce: [],
      AppendAnnounce: [],
      NoAnnounce: [],
      API: s.listen.api,
      Gateway: s.listen.gateway,
    },
    Bootstrap: [],
    Routing: {Type: 'none'},
    Discovery: {MDNS: {Enabled: false}},
    AutoConf: {Enabled: false},
    AutoTLS: {Enabled: false},
    AutoNAT: {ServiceMode: 'disabled'},
    DNS: {Resolvers: {}},
    Ipns: {DelegatedPublishers: []},
    Provide: {Enabled: false},
    HTTPRetrieval: {Enabled: false},
    // Only blocks that this peer has, only as they are: nobody makes it fetch.
    Gateway: {NoFetch: true, NoDNSLink: true, DeserializedResponses: false, ExposeRoutingAPI: false},
    Swarm: {
      DisableNatPortMap: true,
      DisableBandwidthMetrics: true,
      EnableHolePunching: false,
      RelayClient: {Enabled: false},
      RelayService: {Enabled: false},
      Transports: {Network: {QUIC: false, WebTransport: false, WebRTCDirect: false, Websocket: false, Relay: false}},
    },
    Peering: {Peers: s.peers.map((p) => ({ID: p.id, Addrs: [p.address]}))},
    Version: {SwarmCheckEnabled: false},
  };
  return JSON.stringify(config, undefined, 2) + '\n';
}

/** swarm.key of a private network. @param secret 64 hex digits. */
export function swarmKey(secret: string): string {
  return `/key/swarm/psk/1.0.0/\n/base16/\n${secret}\n`;
}

/** Version of the repository's layout that kubo 0.40 makes and reads. */
export const KUBO_REPOSITORY_VERSION = 18;

/** `datastore_spec` of a new repository, as `ipfs init` writes it: keys in alphabetic order. */
export function datastoreSpec(): string {
  const sorted = (object: object): object =>
    Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({mounts: [sorted(BLOCKS), sorted(INDEX)], type: 'mount'});
}
