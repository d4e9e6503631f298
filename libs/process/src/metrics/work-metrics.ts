import type {Metric} from './metric.js';

/** Seconds: of what goes through queues and blocks, and waits for hours when something is away. */
const DELAY_SECONDS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400] as const;

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
  'vitalvault.kafka.under_replicated': {
    kind: 'gauge',
    unit: '{partition}',
    of: ['ingest', 'storage', 'notify'],
    meaning:
      'Partitions of the topics that this process takes, of which brokers have fewer copies in step than they should; asked for every 30 s.',
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
    meaning:
      'Since the time of that block, by this clock; an idle chain has one each ten seconds, 1 to 21 s old. Before the first one: since following began.',
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
  'vitalvault.dead_letters.age': {
    kind: 'gauge',
    unit: 's',
    of: ['storage', 'notify'],
    meaning: 'How long the oldest of them has waited, by the clock of this process; 0: none waits.',
  },
  'vitalvault.record.delay': {
    kind: 'histogram',
    unit: 's',
    of: ['storage'],
    // `stored`: enough IPFS peers have it · `anchored`: a block has it, and that is noted here.
    labels: {phase: ['stored', 'anchored']},
    buckets: DELAY_SECONDS,
    exemplars: true,
    meaning: "From ingest's acknowledgement of a record until it is stored, and until it is anchored.",
  },
  'vitalvault.alert.delay': {
    kind: 'histogram',
    unit: 's',
    of: ['notify'],
    // `durable`: in the database, each alert once · `delivered`: a webhook took it.
    labels: {phase: ['durable', 'delivered']},
    buckets: DELAY_SECONDS,
    exemplars: true,
    meaning:
      'From the raising of an alert, by the time that it has, until it is durable, and until a webhook took it. What a block tells has its time, on an idle chain up to eleven seconds back.',
  },
  'vitalvault.transaction.duration': {
    kind: 'histogram',
    unit: 's',
    of: ['policy'],
    labels: {
      kind: [
        'enrolPatient',
        'publishKeys',
        'registerDevice',
        'removeDevice',
        'registerMember',
        'suspendMember',
        'putGrant',
        'revokeGrant',
        'anchorRecords',
        'requestAccess',
      ],
    },
    // Waited for in vain; what the ledger or we refuse for its content is measured nowhere.
    maybe: {'error.type': ['tx-timeout', 'ledger-unavailable', 'follower-stopped', 'other']},
    buckets: DELAY_SECONDS,
    exemplars: true,
    meaning:
      'From the post of a transaction that is waited for until its effect is projected: of `revokeGrant` until the permission has ended here too; with `error_type` until the wait was given up.',
  },
  'vitalvault.release.delay': {
    kind: 'histogram',
    unit: 's',
    of: ['policy'],
    buckets: DELAY_SECONDS,
    exemplars: true,
    meaning: 'From the first question for the keys of a permit that is answered, as policy gets it, until they leave.',
  },
  'vitalvault.notify.deliveries_due': {
    kind: 'gauge',
    unit: '{webhook}',
    of: ['notify'],
    meaning: 'Webhooks whose turn has come and whose delivery has not begun; counted to 1,000.',
  },
  'vitalvault.notify.deliveries_age': {
    kind: 'gauge',
    unit: 's',
    of: ['notify'],
    meaning: 'How long the first of them has been due; 0: none is.',
  },
  'vitalvault.notify.tries': {
    kind: 'counter',
    unit: '{try}',
    of: ['notify'],
    // `failed`: it is tried again · `given-up`: it is not.
    labels: {state: ['delivered', 'failed', 'given-up']},
    meaning: 'Tries to hand an alert to a webhook, by how they ended.',
  },
  'vitalvault.storage.backlog': {
    kind: 'gauge',
    unit: '{record}',
    of: ['storage'],
    labels: {state: ['to-pack', 'to-anchor']},
    meaning: 'Records that are taken and wait: for enough IPFS peers, then for a transaction; each counted to 5,000.',
  },
  'vitalvault.storage.backlog_age': {
    kind: 'gauge',
    unit: 's',
    of: ['storage'],
    labels: {state: ['to-pack', 'to-anchor']},
    meaning:
      'Since the acknowledgement of the oldest: to pack, of the next one and one of each pack in work; to anchor, of those that are counted; 0: none waits.',
  },
  'vitalvault.storage.packs': {
    kind: 'gauge',
    unit: '{pack}',
    of: ['storage'],
    labels: {state: ['making', 'failing', 'dropping']},
    meaning:
      'Packs that are not just kept: being pinned, tried again after failures (both together counted to 5,000), to be unpinned (to 5,000).',
  },
  'vitalvault.storage.packs_short': {
    kind: 'gauge',
    unit: '{pack}',
    of: ['storage'],
    labels: {state: ['below-minimum', 'nowhere']},
    meaning:
      'Pinned packs that fewer peers say they hold than a pack needs, and those that none does. One pack is looked at each second, all in turn, and those found short again; counted to 1,000. Peers that do not answer are not counted here.',
  },
  'vitalvault.storage.ipfs_free': {
    kind: 'gauge',
    unit: 'By',
    of: ['storage'],
    meaning: 'Room below its bound of the fullest IPFS peer of those that were heard of; asked for every 10 s.',
  },
  'vitalvault.database.size': {
    kind: 'gauge',
    unit: 'By',
    of: ['policy', 'storage', 'notify'],
    meaning: 'Size of the database; asked for once a minute.',
  },
  'vitalvault.database.connections': {
    kind: 'gauge',
    unit: '{connection}',
    of: ['policy', 'storage', 'notify'],
    meaning: 'Connections of the whole PostgreSQL server, whoever has them; asked for once a minute.',
  },
  'vitalvault.database.connections_ceiling': {
    kind: 'gauge',
    unit: '{connection}',
    of: ['policy', 'storage', 'notify'],
    meaning: 'Connections that users may have there together.',
  },
  'vitalvault.database.transaction_age': {
    kind: 'gauge',
    unit: 's',
    of: ['policy', 'storage', 'notify'],
    meaning:
      'Age of the oldest transaction that is open in the database, of those that the role of the service may see; asked for once a minute.',
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
