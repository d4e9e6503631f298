import {MEMORY} from '@vitalvault/genesis';
import {KAFKA_LOG4J, cometConfig, kafkaConfig, otelConfig} from '@vitalvault/engine-config';

const EVERYWHERE = '0.0.0.0';

/**
 * The engines' configuration as the chart mounts it, from the same renderers that the launcher uses: file name → text.
 */
export function engineFiles(): Record<string, string> {
  return {
    'cometbft.toml': generated(
      cometConfig({
        moniker: 'validator',
        abciSocket: '/run/abci/abci.sock',
        p2p: `${EVERYWHERE}:26656`,
        rpc: `${EVERYWHERE}:26657`,
        externalAddress: '',
        peers: [],
        doubleSignCheckHeight: 0,
        files: {
          genesis: '/genesis/genesis.json',
          validatorKey: '/keys/priv_validator_key.json',
          nodeKey: '/keys/node_key.json',
          addressBook: 'data/addrbook.json',
        },
      }),
    ),
    'kafka.properties': generated(
      kafkaConfig({
        broker: `${EVERYWHERE}:9092`,
        controller: '127.0.0.1:9093',
        advertised: {broker: '@KAFKA_HOST@:9092', controller: '127.0.0.1:9093'},
        directory: '/data/kafka',
      }),
    ),
    'kafka-log4j2.properties': KAFKA_LOG4J,
    // By which the chart refuses a capacity that the given memory cannot hold.
    'memory.json': JSON.stringify(MEMORY, undefined, 2) + '\n',
    'otel-collector.json': collector(),
    'otel-collector-metrics.json': COLLECTOR_METRICS,
  };
}

// Laid over the other file when metrics are wanted. The scope would be three labels more on every sample.
const READER = {pull: {exporter: {prometheus: {host: EVERYWHERE, port: 8888, without_scope_info: true}}}};
const COLLECTOR_METRICS =
  JSON.stringify({service: {telemetry: {metrics: {level: 'normal', readers: [READER]}}}}, undefined, 2) + '\n';

const generated = (text: string): string =>
  text.replace(/^# Written by .*$/m, '# Generated from libs/engine-config by tools/generate-chart.ts; do not edit.');

// In a pod nobody empties the file, so it is rotated; the exporter cannot rotate what it appends to.
function collector(): string {
  const config = JSON.parse(
    otelConfig({
      grpc: `${EVERYWHERE}:4317`,
      http: `${EVERYWHERE}:4318`,
      health: `${EVERYWHERE}:13133`,
      tracesFile: '/data/traces.jsonl',
    }),
  ) as {exporters: {file: Record<string, unknown>}};
  const {append: _, ...file} = config.exporters.file;
  config.exporters.file = {...file, rotation: {max_megabytes: 200, max_backups: 3}};
  return JSON.stringify(config, undefined, 2) + '\n';
}
