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
