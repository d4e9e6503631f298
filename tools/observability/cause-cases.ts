import type {Case} from './case.ts';

const of = (program: string, others = ''): string =>
  `{program="${program}", instance="${program}-0"${others && ', '}${others}}`;
const up = (program: string, instance = `${program}-0`): string => `up{program="${program}", instance="${instance}"}`;
const ready = (program: string): string => `vitalvault_ready${of(program)}`;
const degraded = (program: string, part: string): string =>
  `vitalvault_degraded_seconds${of(program, `part="${part}"`)}`;
const stopped = (program: string, part: string): string =>
  `vitalvault_follower_stopped${of(program, `part="${part}"`)}`;
const refusals = (code: string): string => `vitalvault_refusals_total${of('storage', `code="${code}"`)}`;
const blockAge = (n = 0): string => `vitalvault_ledger_block_age_seconds{program="ledger-abci", instance="v-${n}"}`;
const missing = (n: number, organisation: string): string =>
  `vitalvault_ledger_missing_power_ratio{program="ledger-abci", instance="v-${n}", organisation="${organisation}"}`;
/** Something grows by a minute each minute from the fifth on. */
const WAITS = '0x4 60+60x30';
const IN = (program: string): string => `{program="${program}"}`;

const RUNNING: readonly Case[] = [
  {
    of: 'service-down',
    what: 'its only process is away, and tells nothing any more',
    series: {[up('policy')]: '1x5 0x20', [ready('policy')]: '1x5 stale'},
    at: '10m',
    fires: [`page${IN('policy')}`],
  },
  {
    of: 'service-down',
    what: 'it is up and says that it cannot work; after a quarter of an hour a ticket names the process',
    series: {[up('notify')]: '1x30', [ready('notify')]: '1x5 0x25'},
    at: '25m',
    fires: [`page${IN('notify')}`, 'ticket{program="notify", instance="notify-0"}'],
  },
  {
    of: 'service-down',
    what: 'one of two is away: nobody is woken',
    series: {
      [up('ingest')]: '1x40',
      [ready('ingest')]: '1x40',
      [up('ingest', 'ingest-1')]: '1x5 0x35',
      [ready('ingest').replace('ingest-0', 'ingest-1')]: '1x5 stale',
    },
    at: '30m',
    fires: ['ticket{program="ingest", instance="ingest-1"}'],
  },
  {
    of: 'service-down',
    what: 'a restart of a minute',
    series: {[up('policy')]: '1x5 0 1x20', [ready('policy')]: '1x5 stale 0 1x20'},
    at: '7m',
    fires: [],
  },
  {
    of: 'service-down',
    what: 'all validators are away',
    series: {[up('ledger-abci')]: '1x5 0x10', [blockAge()]: '1x5 stale'},
    at: '10m',
    fires: [`page${IN('ledger-abci')}`],
  },
  {
    of: 'not-scraped',
    what: 'what was scraped is no target any more',
    series: {[up('storage')]: '1x5 stale'},
    at: '12m',
    fires: [`page${IN('storage')}`],
  },
  {of: 'not-scraped', what: 'all are scraped, one is down', series: {[up('storage')]: '0x2'}, at: '1m', fires: []},
  {
    of: 'degraded',
    what: 'one IPFS peer is away for eleven minutes',
    series: {[degraded('storage', 'ipfs-peers')]: WAITS},
    at: '17m',
    fires: ['ticket{program="storage", part="ipfs-peers"}'],
  },
  {
    of: 'degraded',
    what: 'what is back is told no more',
    series: {[degraded('storage', 'ipfs-peers')]: '0x4 60+60x15 stale'},
    at: '25m',
    fires: [],
  },
  {
    of: 'clock-wrong',
    what: 'for two minutes',
    series: {[degraded('ingest', 'clock')]: WAITS},
    at: '8m',
    fires: [`page${IN('ingest')}`],
  },
  {of: 'clock-wrong', what: 'for a moment', series: {[degraded('ingest', 'clock')]: '30 stale'}, at: '1m', fires: []},
  {
    of: 'heap-nearly-full',
    what: 'for a quarter of an hour',
    series: {
      [`v8js_memory_heap_used_bytes${of('storage')}`]: '95x20',
      [`v8js_memory_heap_max_bytes${of('storage')}`]: '100x20',
    },
    at: '15m',
    fires: ['ticket{program="storage", instance="storage-0"}'],
  },
  {
    of: 'heap-nearly-full',
    what: 'before each collection',
    series: {
      [`v8js_memory_heap_used_bytes${of('storage')}`]: '95 95 50 95 95 95 50 95 95 50 95 95 95 50 95 95 50',
      [`v8js_memory_heap_max_bytes${of('storage')}`]: '100x20',
    },
    at: '15m',
    fires: [],
  },
  {
    of: 'internal-errors',
    what: 'the first one of a process, whose counter begins at one',
    series: {[refusals('internal')]: '_x10 1x40'},
    at: '12m',
    fires: ['ticket{program="storage", code="internal"}'],
  },
  {
    of: 'internal-errors',
    what: 'one more of a process that had some',
    series: {[refusals('internal')]: '4x30 5x30'},
    at: '35m',
    fires: ['ticket{program="storage", code="internal"}'],
  },
  {
    of: 'internal-errors',
    what: 'an hour ago; other refusals are answers',
    series: {[refusals('internal')]: '_x10 1x80', [refusals('access-refused')]: '0+9x90'},
    at: '70m',
    fires: [],
  },
];

const WORK: readonly Case[] = [
  {
    of: 'kafka-away',
    what: 'its services say so; what waits because of it wakes nobody a second time',
    series: {
      [degraded('ingest', 'kafka')]: WAITS,
      [`vitalvault_kafka_consumer_lag_age_seconds${of('notify')}`]: WAITS,
      [`vitalvault_outbox_age_seconds${of('policy')}`]: WAITS,
    },
    at: '20m',
    fires: [`page${IN('ingest')}`],
  },
  {of: 'kafka-away', what: 'an election', series: {[degraded('ingest', 'kafka')]: '20 40 stale'}, at: '2m', fires: []},
  {
    of: 'messages-not-taken',
    what: 'notify takes nothing',
    series: {[`vitalvault_kafka_consumer_lag_age_seconds${of('notify')}`]: WAITS},
    at: '10m',
    fires: [`page${IN('notify')}`],
  },
  {
    of: 'messages-not-taken',
    what: 'a follower that stands, or a service that is down, is told already',
    series: {
      [`vitalvault_kafka_consumer_lag_age_seconds${of('notify')}`]: WAITS,
      [stopped('notify', 'kafka-consumer')]: '0x4 1x30',
      [`vitalvault_kafka_consumer_lag_age_seconds${of('storage')}`]: WAITS,
      [ready('storage')]: '1x4 0x30',
    },
    at: '12m',
    fires: ['follower-stopped page{program="notify", part="kafka-consumer"}', `service-down page${IN('storage')}`],
  },
  {
    of: 'messages-not-taken',
    what: 'a minute of lag',
    series: {[`vitalvault_kafka_consumer_lag_age_seconds${of('notify')}`]: '60x20'},
    at: '15m',
    fires: [],
  },
  {
    of: 'outbox-waits',
    what: 'Kafka is there, and nothing leaves',
    series: {[`vitalvault_outbox_age_seconds${of('policy')}`]: WAITS},
    at: '10m',
    fires: [`page${IN('policy')}`],
  },
  {
    of: 'outbox-waits',
    what: 'it is empty',
    series: {[`vitalvault_outbox_age_seconds${of('policy')}`]: '0x20'},
    at: '10m',
    fires: [],
  },
  {
    of: 'records-not-stored',
    what: 'fewer peers than a pack needs',
    series: {[`vitalvault_storage_backlog_age_seconds${of('storage', 'state="to-pack"')}`]: WAITS},
    at: '10m',
    fires: ['page'],
  },
  {
    of: 'records-not-stored',
    what: 'what waits for an earlier number of its device wakes nobody',
    series: {
      [`vitalvault_storage_backlog_age_seconds${of('storage', 'state="to-pack"')}`]: '5x20',
      [`vitalvault_storage_backlog_age_seconds${of('storage', 'state="to-anchor"')}`]: WAITS,
    },
    at: '20m',
    fires: [],
  },
  {
    of: 'records-not-anchored',
    what: 'blocks come without ours',
    series: {[`vitalvault_storage_anchor_waiting_seconds${of('storage')}`]: WAITS, [blockAge()]: '2x40'},
    at: '10m',
    fires: ['page'],
  },
  {
    of: 'records-not-anchored',
    what: 'no blocks come: that is told, and not this',
    series: {[`vitalvault_storage_anchor_waiting_seconds${of('storage')}`]: WAITS, [blockAge()]: WAITS},
    at: '10m',
    fires: ['no-blocks page'],
  },
  {
    of: 'deliveries-late',
    what: 'nobody sends webhooks',
    series: {[`vitalvault_notify_deliveries_age_seconds${of('notify')}`]: WAITS},
    at: '12m',
    fires: ['page'],
  },
  {
    of: 'deliveries-late',
    what: 'they wait a minute',
    series: {[`vitalvault_notify_deliveries_age_seconds${of('notify')}`]: '60x20'},
    at: '12m',
    fires: [],
  },
  {
    of: 'dead-letters',
    what: 'one waits, as both processes tell',
    series: {
      [`vitalvault_dead_letters${of('notify')}`]: '0x4 1x20',
      [`vitalvault_dead_letters{program="notify", instance="notify-1"}`]: '0x4 1x20',
    },
    at: '10m',
    fires: [`ticket${IN('notify')}`],
  },
  {
    of: 'dead-letters',
    what: 'none does',
    series: {[`vitalvault_dead_letters${of('notify')}`]: '0x20'},
    at: '10m',
    fires: [],
  },
  {
    of: 'dead-letters-old',
    what: 'one has waited for more than three days: somebody is woken, whose ticket stands',
    series: {
      [`vitalvault_dead_letters${of('notify')}`]: '1x20',
      [`vitalvault_dead_letters_age_seconds${of('notify')}`]: '259000+60x20',
    },
    at: '10m',
    fires: [`page${IN('notify')}`, `dead-letters ticket${IN('notify')}`],
  },
  {
    of: 'dead-letters-old',
    what: 'the old one was resolved, and a new one waits',
    series: {
      [`vitalvault_dead_letters${of('storage')}`]: '2x10 1x10',
      [`vitalvault_dead_letters_age_seconds${of('storage')}`]: '300000+60x9 60+60x10',
    },
    at: '15m',
    fires: [`dead-letters ticket${IN('storage')}`],
  },
  {
    of: 'record-lost',
    what: 'the first one since the start of a process',
    series: {[refusals('record-lost')]: '_x10 1x40'},
    at: '12m',
    fires: ['page{program="storage", code="record-lost"}'],
  },
  {
    of: 'record-lost',
    what: 'what storage gave does not fit the ledger',
    series: {[refusals('release-mismatch')]: '0x10 1x40'},
    at: '15m',
    fires: ['ticket{program="storage", code="release-mismatch"}'],
  },
  {of: 'record-lost', what: 'an hour ago', series: {[refusals('record-lost')]: '_x10 1x80'}, at: '70m', fires: []},
];

const LEDGER: readonly Case[] = [
  {
    of: 'no-blocks',
    what: 'all validators wait',
    series: {[blockAge(0)]: WAITS, [blockAge(1)]: WAITS},
    at: '9m',
    fires: ['page'],
  },
  {
    of: 'no-blocks',
    what: 'all began again and have seen none since',
    series: {'vitalvault_ready{program="ledger-abci", instance="v-0"}': '1x4 0x20'},
    at: '8m',
    fires: ['page'],
  },
  {
    of: 'no-blocks',
    what: 'one validator lags, the chain is idle',
    series: {[blockAge(0)]: WAITS, [blockAge(1)]: '21x40'},
    at: '10m',
    fires: [],
  },
  {
    of: 'validator-missing',
    what: 'one of four does not sign; who follows no more is not asked',
    series: {
      [blockAge(0)]: '2x40',
      [missing(0, 'a')]: '0x40',
      [missing(0, 'b')]: '0x4 0.25x36',
      [blockAge(1)]: WAITS,
      [missing(1, 'a')]: '0.25x40',
    },
    at: '20m',
    fires: ['ticket{organisation="b"}'],
  },
  {
    of: 'validator-missing',
    what: 'a late signature now and then',
    series: {[blockAge(0)]: '2x40', [missing(0, 'b')]: '0.25 0.25 0 0.25 0 0.25 0.25 0.25 0 0.25 0.25 0 0.25 0.25 0'},
    at: '14m',
    fires: [],
  },
  {
    of: 'misbehaviour',
    what: 'the first proof, as each validator tells it',
    series: {
      'vitalvault_ledger_misbehaviour_total{program="ledger-abci", instance="v-0", kind="duplicate-vote"}': '_x5 1x20',
      'vitalvault_ledger_misbehaviour_total{program="ledger-abci", instance="v-1", kind="duplicate-vote"}': '_x5 1x20',
    },
    at: '6m',
    fires: ['page{kind="duplicate-vote"}'],
  },
  {of: 'misbehaviour', what: 'there was none', series: {[blockAge()]: '2x20'}, at: '6m', fires: []},
  {
    of: 'follower-stopped',
    what: 'policy stands at a block, so it is behind: told once',
    series: {
      [stopped('policy', 'ledger-follower')]: '0x4 1x30',
      [`vitalvault_follower_block_age_seconds${of('policy')}`]: WAITS,
      [blockAge()]: '2x40',
    },
    at: '10m',
    fires: ['page{program="policy", part="ledger-follower"}'],
  },
  {
    of: 'follower-stopped',
    what: 'it goes on; one whose database is away stands because of that, which is told already',
    series: {
      [stopped('storage', 'ledger-follower')]: '0x20',
      [stopped('policy', 'ledger-follower')]: '0x4 1x30',
      [ready('policy')]: '1x4 0x30',
    },
    at: '10m',
    fires: [`service-down page${IN('policy')}`],
  },
  {
    of: 'follower-behind',
    what: 'blocks come, and storage does not follow',
    series: {[`vitalvault_follower_block_age_seconds${of('storage')}`]: WAITS, [blockAge()]: '2x40'},
    at: '9m',
    fires: [`page${IN('storage')}`],
  },
  {
    of: 'follower-behind',
    what: 'no blocks come: nobody is behind',
    series: {[`vitalvault_follower_block_age_seconds${of('storage')}`]: WAITS, [blockAge()]: WAITS},
    at: '9m',
    fires: ['no-blocks page'],
  },
  {
    of: 'disk-fills',
    what: 'less is left than its setting says',
    series: {[degraded('ledger-abci', 'disk')]: WAITS},
    at: '10m',
    fires: ['page{program="ledger-abci", instance="ledger-abci-0", part="disk"}'],
  },
  {
    of: 'disk-fills',
    what: 'full in three days, if it goes on so',
    series: {[`vitalvault_ledger_disk_free_bytes${of('ledger-abci')}`]: '1000000-200x500'},
    at: '8h',
    fires: ['ticket{program="ledger-abci", instance="ledger-abci-0"}'],
  },
  {
    of: 'disk-fills',
    what: 'a snapshot a day is no trend',
    series: {[`vitalvault_ledger_disk_free_bytes${of('ledger-abci')}`]: '1000000x200 999000x300'},
    at: '8h',
    fires: [],
  },
  {
    of: 'ledger-nearly-full',
    what: 'six tenths of the leaves',
    series: {
      'vitalvault_ledger_keys{program="ledger-abci", organisation="a"}': '10x100',
      'vitalvault_ledger_keys_ceiling{program="ledger-abci", organisation="a"}': '100x100',
      'vitalvault_ledger_leaves{program="ledger-abci", organisation="a"}': '65x100',
      'vitalvault_ledger_leaves_ceiling{program="ledger-abci", organisation="a"}': '100x100',
    },
    at: '70m',
    fires: ['ticket{organisation="a"}'],
  },
  {
    of: 'ledger-nearly-full',
    what: 'half of the keys',
    series: {
      'vitalvault_ledger_keys{program="ledger-abci", organisation="a"}': '50x100',
      'vitalvault_ledger_keys_ceiling{program="ledger-abci", organisation="a"}': '100x100',
    },
    at: '70m',
    fires: [],
  },
];

export const CAUSE_CASES: readonly Case[] = [...RUNNING, ...WORK, ...LEDGER];
