import type {Metric} from './metric.js';

/** What waits in our own queues, and how long. */
export const WORK_METRICS = {
  'vitalvault.kafka.send_queue.messages': {
    kind: 'gauge',
    unit: '{message}',
    of: ['ingest', 'policy', 'storage'],
    meaning: 'Messages that have a place in the queue for Kafka: what is being prepared, waits or is on its way.',
  },
  'vitalvault.kafka.send_queue.age': {
    kind: 'gauge',
    unit: 's',
    of: ['ingest', 'policy', 'storage'],
    meaning: 'How long the oldest of them that Kafka has not acknowledged waits; 0: none does.',
  },
  'vitalvault.kafka.send_queue.fullness': {
    kind: 'gauge',
    unit: '1',
    of: ['ingest', 'policy', 'storage'],
    meaning: 'Share of its places or of its bytes that is taken, the larger one; at 1 requests are refused as busy.',
  },
  'vitalvault.kafka.consumer.lag': {
    kind: 'gauge',
    unit: '{message}',
    of: ['ingest', 'storage', 'notify'],
    meaning:
      'Messages of its topics that the group of this process has not taken, all partitions and replicas together.',
  },
  'vitalvault.kafka.consumer.lag_age': {
    kind: 'gauge',
    unit: 's',
    of: ['ingest', 'storage', 'notify'],
    meaning: 'Age of the oldest of them, at most a tenth more than it is; 0: none waits.',
  },
  'vitalvault.follower.height': {
    kind: 'gauge',
    unit: '{block}',
    of: ['policy', 'storage'],
    meaning:
      'Newest block since the start whose effect is stored; blocks that it is behind: `max(vitalvault_ledger_height) - vitalvault_follower_height`.',
  },
  'vitalvault.follower.block_age': {
    kind: 'gauge',
    unit: 's',
    of: ['policy', 'storage'],
    meaning: 'Since the time of that block, by this clock; an idle chain has one each ten seconds, 1 to 21 s old.',
  },
  'vitalvault.outbox.messages': {
    kind: 'gauge',
    unit: '{message}',
    of: ['policy', 'storage'],
    meaning: 'Messages that are kept with their facts and wait for Kafka; counted to 10,000.',
  },
  'vitalvault.outbox.age': {
    kind: 'gauge',
    unit: 's',
    of: ['policy', 'storage'],
    meaning: 'How long this process sees the oldest of them wait; 0: none does.',
  },
  'vitalvault.dead_letters': {
    kind: 'gauge',
    unit: '{message}',
    of: ['storage', 'notify'],
    meaning: 'Messages that are set aside and wait for a person.',
  },
  'vitalvault.storage.anchor_waiting': {
    kind: 'gauge',
    unit: 's',
    of: ['storage'],
    meaning: 'How long a transaction has waited while no block took any of ours; 0: none waits.',
  },
  'vitalvault.storage.held_registrations': {
    kind: 'gauge',
    unit: '{registration}',
    of: ['storage'],
    meaning: 'Registrations of devices whose records wait for a number that never came.',
  },
  'vitalvault.storage.releases_under_way': {
    kind: 'gauge',
    unit: '{release}',
    of: ['storage'],
    meaning: 'Releases that hold a place, until their answer has left; sixteen are all that there are.',
  },
} as const satisfies Readonly<Record<string, Metric>>;
