/** What differs between two validators' config.toml. */
export interface CometSettings {
  moniker: string;
  abciSocket: string;
  p2pPort: number;
  rpcPort: number;
  /** `<node id>@127.0.0.1:<port>` of every other validator. */
  peers: string[];
}

/**
 * A validator's config.toml; what is not named keeps CometBFT's default.
 * @spec docs/protocol.md: numbers of consensus and mempool.
 */
export function cometConfig(s: CometSettings): string {
  return `# Written by the launcher at every start.
moniker = "${s.moniker}"
proxy_app = "unix://${s.abciSocket}"
abci = "socket"
db_backend = "goleveldb"
log_level = "state:info,blocksync:info,main:info,*:error"

[rpc]
laddr = "tcp://127.0.0.1:${String(s.rpcPort)}"
grpc_laddr = ""
pprof_laddr = ""
unsafe = false
max_body_bytes = 1000000
timeout_broadcast_tx_commit = "15s"

[p2p]
laddr = "tcp://127.0.0.1:${String(s.p2pPort)}"
external_address = "127.0.0.1:${String(s.p2pPort)}"
persistent_peers = "${s.peers.join(',')}"
# All peers share 127.0.0.1, and every one of them is named above.
addr_book_strict = false
allow_duplicate_ip = true
pex = false
flush_throttle_timeout = "10ms"
# A peer that comes back is dialled again soon.
persistent_peers_max_dial_period = "3s"

[mempool]
recheck = false
size = 50000
max_txs_bytes = 33554432
cache_size = 100000
max_tx_bytes = 65536

[consensus]
timeout_propose = "1s"
timeout_propose_delta = "500ms"
timeout_commit = "500ms"
create_empty_blocks = false
create_empty_blocks_interval = "10s"
# A validator that was killed must come back at once; its own state file keeps it from signing twice.
double_sign_check_height = 0

[tx_index]
indexer = "null"

[instrumentation]
prometheus = false
`;
}
