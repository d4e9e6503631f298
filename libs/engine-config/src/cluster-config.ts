export interface ClusterSettings {
  peername: string;
  secret: string;
  /** Multiaddresses to listen on. */
  listen: {swarm: string; rest: string};
  /** Multiaddress of the API of its kubo. */
  kuboApi: string;
  /** Ids of all peers of the cluster, itself included: nobody else's pins count. */
  trusted: readonly string[];
  /** The other peers, with a multiaddress of each. */
  peers: readonly {id: string; address: string}[];
  replication: {min: number; max: number};
}

/** Where nobody says otherwise. */
export const REPLICATION = {min: 2, max: 3} as const;

const MIB = 1024 * 1024;

/**
 * service.json of an IPFS Cluster peer. Only the REST API is served; the IPFS proxy and the pinning service are left
 * out.
 */
export function clusterConfig(s: ClusterSettings): string {
  const config = {
    cluster: {
      peername: s.peername,
      secret: s.secret,
      leave_on_shutdown: false,
      listen_multiaddress: [s.listen.swarm],
      enable_relay_hop: false,
      dial_peer_timeout: '3s',
      state_sync_interval: '1m0s',
      pin_recover_interval: '1m0s',
      replication_factor_min: s.replication.min,
      replication_factor_max: s.replication.max,
      // Metrics decide who may be given a pin; the defaults would take 15 s to notice a peer that came or went.
      monitor_ping_interval: '2s',
      peer_watch_interval: '2s',
      mdns_interval: '0s',
      disable_repinning: true,
      peer_addresses: s.peers.map((p) => `${p.address}/p2p/${p.id}`),
    },
    consensus: {
      crdt: {
        cluster_name: 'vitalvault',
        trusted_peers: s.trusted,
        // Without batches concurrent pins lose deltas, which come back only with the rebroadcast a minute later.
        batching: {max_batch_size: 100, max_batch_age: '300ms'},
        repair_interval: '10m0s',
      },
    },
    api: {
      restapi: {
        http_listen_multiaddress: s.listen.rest,
        read_timeout: '0s',
        read_header_timeout: '5s',
        write_timeout: '0s',
        idle_timeout: '2m0s',
        max_header_bytes: 4096,
        cors_allowed_origins: [],
        cors_allowed_methods: [],
        cors_allow_credentials: false,
      },
    },
    ipfs_connector: {
      ipfshttp: {
        node_multiaddress: s.kuboApi,
        connect_swarms_delay: '5s',
        ipfs_request_timeout: '1m0s',
        pin_timeout: '30s',
        unpin_timeout: '1m0s',
        repogc_timeout: '1h0m0s',
      },
    },
    pin_tracker: {stateless: {concurrent_pins: 32, priority_pin_max_age: '24h0m0s', priority_pin_max_retries: 5}},
    monitor: {pubsubmon: {check_interval: '3s'}},
    allocator: {balanced: {allocate_by: ['freespace']}},
    informer: {disk: {metric_ttl: '10s', metric_type: 'freespace'}},
    datastore: {
      pebble: {
        pebble_options: {
          cache_size_bytes: 8 * MIB,
          mem_table_size: 4 * MIB,
          mem_table_stop_writes_threshold: 4,
          max_open_files: 200,
          max_concurrent_compactions: 1,
          format_major_version: 16,
          bytes_per_sync: 524_288,
          disable_wal: false,
          flush_split_bytes: 4 * MIB,
          l0_compaction_file_threshold: 500,
          l0_compaction_threshold: 4,
          l0_stop_writes_threshold: 12,
          l_base_max_bytes: 64 * MIB,
          read_only: false,
          wal_bytes_per_sync: 0,
          levels: [
            {
              block_restart_interval: 16,
              block_size: 4096,
              block_size_threshold: 90,
              compression: 2,
              filter_type: 0,
              filter_policy: 10,
              index_block_size: 4096,
              target_file_size: 4 * MIB,
            },
          ],
        },
      },
    },
  };
  return JSON.stringify(config, undefined, 2) + '\n';
}
