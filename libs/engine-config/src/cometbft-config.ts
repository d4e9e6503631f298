import {LIMITS} from '@vitalvault/contracts';

/** What differs between two validators' config.toml. */
export interface CometSettings {
  moniker: string;
  abciSocket: string;
  /** host:port to listen on. */
  p2p: string;
  rpc: string;
  /** host:port that is told to the others; empty: none. */
  externalAddress: string;
  /** `<node id>@<host>:<port>` of every other validator. */
  peers: readonly string[];
  /** Blocks in which CometBFT looks for its own signature before it signs again; see docs/adr on it. */
  doubleSignCheckHeight: number;
  /** host:port at which Prometheus may ask; undefined: nothing is measured. */
  metrics?: string;
  /** Files that do not lie in the home; default: all do. */
  files?: {genesis: string; validatorKey: string; nodeKey: string; addressBook: string};
}

/**
 * A validator's config.toml; what is not named keeps CometBFT's default.
 * @spec docs/protocol.md: numbers of consensus and mempool.
 */
export function cometConfig(s: CometSettings): string {
  const {files} = s;
  const elsewhere =
    files === undefined
      ? ''
      : `genesis_file = "${files.genesis}"
priv_validator_key_file = "${files.validatorKey}"
node_key_file = "${files.nodeKey}"
`;
  return `# Written by VitalVault at every start.
${elsewhere}moniker = "${s.moniker}"
proxy_app = "unix://${s.abciSocket}"
abci = "socket"
db_backend = "goleveldb"
log_level = "state:info,blocksync:info,main:info,*:error"
# The application is asked about every peer: it takes the nodes that the genesis names.
filter_peers = true

[rpc]
laddr = "tcp://${s.rpc}"
grpc_laddr = ""
pprof_laddr = ""
unsafe = false
max_body_bytes = 1000000
timeout_broadcast_tx_commit = "15s"

[p2p]
${files === undefined ? '' : `addr_book_file = "${files.addressBook}"\n`}laddr = "tcp://${s.p2p}"
external_address = "${s.externalAddress}"
persistent_peers = "${s.peers.join(',')}"
# Peers have inside addresses, some even the same one, and every peer is named above.
addr_book_strict = false
allow_duplicate_ip = true
pex = false
flush_throttle_timeout = "10ms"
# A peer that comes back is dialled again soon.
persistent_peers_max_dial_period = "3s"

[mempool]
recheck = false
size = ${String(LIMITS.mempoolTxs)}
max_txs_bytes = ${String(LIMITS.mempoolBytes)}
cache_size = 100000
max_tx_bytes = ${String(LIMITS.txBytes)}

[consensus]
timeout_propose = "1s"
timeout_propose_delta = "500ms"
timeout_commit = "500ms"
create_empty_blocks = false
create_empty_blocks_interval = "10s"
double_sign_check_height = ${String(s.doubleSignCheckHeight)}

[tx_index]
indexer = "null"

[instrumentation]
${s.metrics === undefined ? 'prometheus = false' : `prometheus = true\nprometheus_listen_addr = "${s.metrics}"`}
`;
}
