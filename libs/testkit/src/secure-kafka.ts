import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {freePort} from './free-port.js';
import {RunningProcess, runProcess} from './run-process.js';
import type {Engines} from './start-engines.js';
import type {TestCertificates} from './test-certificates.js';

export interface SecureKafka {
  /** host:port where TLS and SASL (PLAIN, SCRAM-SHA-512) are asked for. */
  readonly broker: string;
  /** host:port of the administration, without either; may do everything. */
  readonly open: string;
  stop(): Promise<void>;
}

const CLUSTER_ID = 'MkU3OEVBNTcwNTJENDM2Qk';

/**
 * A broker as a hospital has it, with the programs of `engines`, which must have Kafka: TLS, SASL, and nobody may do
 * anything without an ACL.
 * @param options.users passwords by name
 */
export async function startSecureKafka(
  engines: Engines,
  {certificates, users}: {certificates: TestCertificates; users: Readonly<Record<string, string>>},
): Promise<SecureKafka> {
  const dir = join(engines.data, 'secure-kafka');
  await mkdir(dir, {recursive: true});
  const [keystore, properties] = [join(dir, 'keystore.pem'), join(dir, 'server.properties')];
  await writeFile(
    keystore,
    (await readFile(certificates.key, 'utf8')) + (await readFile(certificates.certificate, 'utf8')),
  );
  const [open, broker, controller] = [await freePort(), await freePort(), await freePort()].map(
    (port) => `127.0.0.1:${String(port)}`,
  ) as [string, string, string];
  await writeFile(properties, propertiesOf({open, broker, controller, keystore, users, directory: join(dir, 'data')}));
  const [command, java] = await javaOf(engines);
  const scram = Object.entries(users).flatMap(([name, password]) => [
    '--add-scram',
    `SCRAM-SHA-512=[name=${name},password=${password}]`,
  ]);
  const formatted = await runProcess({
    command,
    args: [...java, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties, ...scram],
  });
  if (formatted.code !== 0) throw new Error(`Kafka's log was not formatted: ${formatted.stdout}${formatted.stderr}`);
  const running = new RunningProcess({command, args: [...java, 'kafka.Kafka', properties]});
  return {
    broker,
    open,
    stop: async () => {
      await running.end('SIGKILL');
      await rm(dir, {recursive: true});
    },
  };
}

/** Program and options that the launcher's own broker runs with, up to the main class. */
async function javaOf(engines: Engines): Promise<[string, string[]]> {
  const pid = engines.endpoints.processes['kafka']?.pid;
  if (pid === undefined) throw new Error('the engines have no Kafka');
  const [command, ...args] = (await readFile(`/proc/${String(pid)}/cmdline`, 'utf8')).split('\0');
  const main = args.indexOf('kafka.Kafka');
  if (command === undefined || main === -1) throw new Error('the broker is started differently now');
  return [command, args.slice(0, main)];
}

interface Parts {
  readonly open: string;
  readonly broker: string;
  readonly controller: string;
  readonly keystore: string;
  readonly directory: string;
  readonly users: Readonly<Record<string, string>>;
}

function propertiesOf({open, broker, controller, keystore, directory, users}: Parts): string {
  const plain = Object.entries(users)
    .map(([name, password]) => `user_${name}="${password}"`)
    .join(' ');
  return `process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://${open},SASL_SSL://${broker},CONTROLLER://${controller}
advertised.listeners=PLAINTEXT://${open},SASL_SSL://${broker}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
controller.quorum.voters=1@${controller}
log.dirs=${directory}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=8388608
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required ${plain};
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.ssl.keystore.type=PEM
listener.name.sasl_ssl.ssl.keystore.location=${keystore}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
`;
}
