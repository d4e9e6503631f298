export interface Trial {
  what: string;
  command: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Exit code; 0 if not said. */
  code?: number;
  says: RegExp;
}

const shell = (script: string): readonly string[] => ['/bin/sh', '-c', `set -eu\n${script}`];

const version = (binary: string, args: readonly string[], says: RegExp): Trial => ({
  what: `${binary} runs`,
  command: [`/usr/local/bin/${binary}`, ...args],
  says,
});

/** A service without settings names every one that is missing and ends: its whole code was loaded. */
const refuses = (app: string): Trial => ({
  what: `${app} loads, and names the settings that it lacks`,
  command: ['/usr/local/bin/node', `/opt/vitalvault/apps/${app}/dist/main.js`],
  code: 1,
  says: /VITALVAULT_/,
});

/** Nothing but temporary files may be written to by a uid that owns nothing. */
const sealed: Trial = {
  what: 'nothing outside /tmp can be written to',
  command: shell(`
found=$(find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /var/tmp -o -path /run \\) -prune -o ! -type l -writable -print 2> /dev/null || true)
test -z "$found" || { echo "$found"; exit 1; }
tar --version`),
  says: /tar/,
};

const POSTGRES = `
D=$(mktemp -d)
initdb -D $D/data -U vitalvault --auth=trust --encoding=UTF8 --locale=C --no-sync > /dev/null
echo "CREATE DATABASE vv_policy" | with-user-name postgres --single -D $D/data postgres > /dev/null
pg_ctl -D $D/data -w -s -l $D/log -o "-c listen_addresses= -c unix_socket_directories=$D" start || { cat $D/log; exit 1; }
cat $D/log
pg_ctl -D $D/data -w -s -m fast stop
echo "databases: $(ls $D/data/base | wc -l)"`;

const KAFKA = `
D=$(mktemp -d)
cat > $D/server.properties << EOF
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:39092,CONTROLLER://127.0.0.1:39093
advertised.listeners=PLAINTEXT://127.0.0.1:39092
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:39093
log.dirs=$D/data
offsets.topic.replication.factor=1
EOF
java -version 2>&1 | head -1
run() { java -Xmx256m -cp '/opt/kafka/lib/*' "$@"; }
run kafka.tools.StorageTool format -t AAAAAAAAAAAAAAAAAAAAAQ -c $D/server.properties
java -Xmx256m -cp '/opt/kafka/lib/*' kafka.Kafka $D/server.properties > $D/log 2>&1 &
broker=$!
topic() { run org.apache.kafka.tools.TopicCommand --bootstrap-server 127.0.0.1:39092 --topic tried "$@"; }
for i in 1 2 3 4 5 6; do
  if topic --create > $D/client 2>&1; then break; fi
  kill -0 $broker || { tail -20 $D/log; exit 1; }
done
topic --describe || { cat $D/client; tail -20 $D/log; exit 1; }
kill $broker
wait $broker || test $? = 143
grep -E 'NoClassDefFound|ClassNotFound' $D/log && exit 1
echo stopped`;

/** What each image must be able to do, told by what it says. */
export const TRIALS: Readonly<Record<string, readonly Trial[]>> = {
  app: [
    sealed,
    {
      what: 'Node is the one of the lock file',
      command: ['node', '--version'],
      says: new RegExp(`^v${process.versions.node.replaceAll('.', '\\.')}`),
    },
    {
      what: 'native modules load',
      command: shell('cd /opt/vitalvault; node -e "console.log(typeof require(\'secp256k1/bindings\').ecdsaVerify)"'),
      says: /function/,
    },
    ...['ingest', 'policy', 'storage', 'notify', 'ledger-abci'].map(refuses),
    {
      what: 'vv tells its commands',
      command: ['node', '/opt/vitalvault/apps/cli/dist/main.js', '--help'],
      says: /Usage/,
    },
  ],
  cometbft: [
    sealed,
    version('cometbft', ['version'], /^\d+\.\d+\.\d+/),
    {
      what: 'cometbft makes a home',
      command: shell('D=$(mktemp -d); cometbft init --home $D; ls $D/config'),
      says: /genesis\.json/,
    },
  ],
  kubo: [
    sealed,
    version('ipfs', ['version'], /ipfs version/),
    {
      what: 'ipfs makes a repository',
      command: shell('export IPFS_PATH=$(mktemp -d); ipfs init --profile=server; ipfs --offline id'),
      says: /12D3Koo/,
    },
  ],
  'ipfs-cluster': [
    sealed,
    version('ipfs-cluster-service', ['--version'], /ipfs-cluster-service version/),
    {
      what: 'ipfs-cluster-service makes a home',
      command: shell('export IPFS_CLUSTER_PATH=$(mktemp -d); ipfs-cluster-service init; ls $IPFS_CLUSTER_PATH'),
      says: /identity\.json/,
    },
  ],
  'otel-collector': [sealed, version('otel-collector', ['components'], /otlp/)],
  kafka: [
    sealed,
    {
      what: 'a broker is formatted, started, asked for a topic and stopped',
      command: shell(KAFKA),
      says: /version "17\.[\s\S]*PartitionCount: 1[\s\S]*stopped/,
    },
  ],
  postgres: [
    sealed,
    {
      what: 'a nameless user makes a cluster with a database, starts it and stops it',
      command: shell(POSTGRES),
      says: /ready to accept connections[\s\S]*databases: 4/,
    },
  ],
};
