import type {Case} from './case.ts';
import {ENGINE_CASES} from './engine-cases.ts';
import {LEDGER_CASES} from './ledger-cases.ts';
import {IN, WAITS, blockAge, degraded, of, ready, stopped, up} from './series.ts';
import {SILENCE_CASES} from './silence-cases.ts';

const refusals = (code: string): string => `vitalvault_refusals_total${of('storage', `code="${code}"`)}`;

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
      [`v8js_memory_heap_used_bytes${of('storage')}`]: '87x20',
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
    what: 'notify is out of its group every other minute, never for so long that Kafka is called away',
    series: {
      [`vitalvault_kafka_consumer_lag_age_seconds${of('notify')}`]: WAITS,
      [degraded('notify', 'kafka')]: `_x4 ${'20 stale '.repeat(10).trim()}`,
    },
    at: '15m',
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

export const CAUSE_CASES: readonly Case[] = [...RUNNING, ...WORK, ...SILENCE_CASES, ...LEDGER_CASES, ...ENGINE_CASES];
