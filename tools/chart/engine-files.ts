import {MEMORY} from '@vitalvault/genesis';
import {KAFKA_LOG4J, cometConfig, kafkaConfig} from '@vitalvault/engine-config';
import {collectorConfig, collectorKeeps, collectorMetrics} from './collector-config.ts';

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
    'otel-collector.json': collectorConfig(),
    'otel-collector-metrics.json': collectorMetrics(),
    'otel-collector-keeps.json': collectorKeeps(),
  };
}

const generated = (text: string): string =>
  text.replace(/^# Written by .*$/m, '# Generated from libs/engine-config by tools/generate-chart.ts; do not edit.');
