export interface KafkaSettings {
  /** host:port to listen on. */
  broker: string;
  controller: string;
  /** host:port by which clients, and the broker its controller, find it. */
  advertised: {broker: string; controller: string};
  directory: string;
}

/** server.properties of one broker that is its own controller (KRaft). */
export function kafkaConfig(s: KafkaSettings): string {
  return `# Written by VitalVault at every start.
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://${s.broker},CONTROLLER://${s.controller}
advertised.listeners=PLAINTEXT://${s.advertised.broker}
controller.listener.names=CONTROLLER
controller.quorum.voters=1@${s.advertised.controller}
log.dirs=${s.directory}

# Topics are made by the services, with the settings they need; a typing error must not make one.
auto.create.topics.enable=false
num.partitions=3
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=3
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=3
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
message.max.bytes=1048588

# One machine, few clients: small buffers, few threads.
num.network.threads=2
num.io.threads=4
num.recovery.threads.per.data.dir=1
background.threads=2
log.cleaner.dedupe.buffer.size=8388608
log.segment.bytes=67108864
log.index.size.max.bytes=1048576
metadata.log.segment.bytes=16777216
controlled.shutdown.max.retries=1
# A killed broker may register again only after its old session has timed out.
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
`;
}

/** Kafka's logging: to standard output, which the launcher appends to the process' log. */
export const KAFKA_LOG4J = `status = error
appender.stdout.type = Console
appender.stdout.name = stdout
appender.stdout.layout.type = PatternLayout
appender.stdout.layout.pattern = %d{yyyy-MM-dd'T'HH:mm:ss,SSS} %p %c{1}: %m%n
rootLogger.level = info
rootLogger.appenderRef.stdout.ref = stdout
logger.quiet.name = org.apache.kafka.common.config
logger.quiet.level = warn
logger.logmanager.name = org.apache.kafka.storage.internals.log
logger.logmanager.level = warn
logger.loader.name = org.apache.kafka.image.loader
logger.loader.level = warn
logger.publisher.name = org.apache.kafka.image.publisher
logger.publisher.level = warn
`;
