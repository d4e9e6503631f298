import type {PeerIdentity} from './peer-identity.js';

export interface KuboSettings {
  identity: PeerIdentity;
  swarmPort: number;
  apiPort: number;
  gatewayPort: number;
  /** The other peers, always kept connected. */
  peers: {id: string; swarmPort: number}[];
}

/** Config of a kubo peer in a private swarm on one machine: no bootstrap, no DHT, no relay, no mDNS, no QUIC. */
export function kuboConfig(s: KuboSettings): string {
  const config = {
    Identity: {PeerID: s.identity.id, PrivKey: s.identity.privateKey},
    Datastore: {
      StorageMax: '10GB',
      StorageGCWatermark: 90,
      GCPeriod: '1h',
      Spec: {
        type: 'mount',
        mounts: [
          {mountpoint: '/blocks', type: 'flatfs', path: 'blocks', prefix: 'flatfs.datastore', shardFunc: '/repo/flatfs/shard/v1/next-to-last/2', sync: false},
          {mountpoint: '/', type: 'levelds', path: 'datastore', prefix: 'leveldb.datastore', compression: 'none'},
        ],
      },
      // Storage hashes what it is given, whoever gives it; once is enough.
      HashOnRead: false,
      BloomFilterSize: 0,
    },
    Addresses: {
      Swarm: [`/ip4/127.0.0.1/tcp/${String(s.swarmPort)}`],
      Announce: [],
      AppendAnnounce: [],
      NoAnnounce: [],
      API: `/ip4/127.0.0.1/tcp/${String(s.apiPort)}`,
      Gateway: `/ip4/127.0.0.1/tcp/${String(s.gatewayPort)}`,
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
    Peering: {Peers: s.peers.map((p) => ({ID: p.id, Addrs: [`/ip4/127.0.0.1/tcp/${String(p.swarmPort)}`]}))},
    Version: {SwarmCheckEnabled: false},
  };
  return JSON.stringify(config, undefined, 2) + '\n';
}

/** swarm.key of a private network. @param secret 64 hex digits. */
export function swarmKey(secret: string): string {
  return `/key/swarm/psk/1.0.0/\n/base16/\n${secret}\n`;
}
