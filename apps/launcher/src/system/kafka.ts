import {KAFKA_LOG4J, kafkaConfig} from '@vitalvault/engine-config';
import {Kafka, logLevel} from 'kafkajs';
import {randomBytes} from 'node:crypto';
import {join} from 'node:path';
import {inheritedEnvironment, javaCommand} from '../config.js';
import {runTool} from '../engines/run-tool.js';
import {exists, writeWhole} from '../process/files.js';
import {acceptsConnection} from '../process/probe.js';
import {DEFAULTS} from '../process/process-spec.js';
import {engineDirectory} from './context.js';
import type {ProcessSpec} from '../process/process-spec.js';
import type {SystemContext} from './context.js';

export function kafkaSpec(context: SystemContext): ProcessSpec {
  const {layout, ports} = context;
  const {broker, controller} = ports.kafka;
  const [directory, properties, log4j] = [
    join(layout.kafka, 'data'),
    join(layout.kafka, 'server.properties'),
    join(layout.kafka, 'log4j2.properties'),
  ];
  const java = (heap: string, main: string) => [
    `-Xmx${heap}`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:-UsePerfData',
    '-Xshare:auto',
    '-Xss512k',
    '-XX:ReservedCodeCacheSize=48m',
    '-XX:MaxDirectMemorySize=64m',
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.awt.headless=true',
    '-Djava.net.preferIPv4Stack=true',
    `-Dlog4j2.configurationFile=${log4j}`,
    `-Dkafka.logs.dir=${layout.logs}`,
    '-cp',
    join(engineDirectory(context, 'kafka'), 'lib', '*'),
    main,
  ];
  const env = inheritedEnvironment();
  return {
    ...DEFAULTS,
    name: 'kafka',
    command: javaCommand(),
    args: [...java('256m', 'kafka.Kafka'), properties],
    env,
    cwd: layout.data,
    ports: [broker, controller],
    prepare: async () => {
      const listen = {broker: `127.0.0.1:${String(broker)}`, controller: `127.0.0.1:${String(controller)}`};
      await writeWhole(properties, kafkaConfig({...listen, advertised: listen, directory}));
      await writeWhole(log4j, KAFKA_LOG4J);
      if (await exists(join(directory, 'meta.properties'))) return;
      const args = [
        ...java('128m', 'kafka.tools.StorageTool'),
        'format',
        '--ignore-formatted',
        '-t',
        clusterId(),
        '-c',
        properties,
      ];
      await runTool("formatting Kafka's log", {command: javaCommand(), args, cwd: layout.data, env});
    },
    ready: () => brokerServes(broker),
  };
}

/** A Kafka UUID. The first bit is cleared, or one in 64 would begin with "-" and be taken for an option. */
function clusterId(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString('base64url');
}

async function brokerServes(port: number): Promise<boolean> {
  if (!(await acceptsConnection({host: '127.0.0.1', port}))) return false;
  const admin = new Kafka({
    brokers: [`127.0.0.1:${String(port)}`],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 2_000,
    retry: {retries: 0},
  }).admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length > 0;
  } finally {
    await admin.disconnect();
  }
}
