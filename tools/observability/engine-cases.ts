import type {Case} from './case.ts';
import {of} from './series.ts';

const DAY = 86_400;
const certificate = (program: string, part: string, kind: string): string =>
  `vitalvault_certificate_remaining_seconds${of(program, `part="${part}", kind="${kind}"`)}`;
const taken = (program: string): string => `vitalvault_database_connections${of(program)}`;
const places = (program: string): string => `vitalvault_database_connections_ceiling${of(program)}`;
const short = (state: string): string => `vitalvault_storage_packs_short${of('storage', `state="${state}"`)}`;
const volume = (what: string, claim: string, namespace = 'vv'): string =>
  `kubelet_volume_stats_${what}_bytes{namespace="${namespace}", persistentvolumeclaim="${claim}"}`;
const IN_VV = 'up{program="storage", instance="storage-0", namespace="vv"}';
const KAFKA = 'data-vv-vitalvault-kafka-0';

export const ENGINE_CASES: readonly Case[] = [
  {
    of: 'certificate-ends',
    what: 'a server has six days less a minute, its authority a year',
    series: {
      [certificate('storage', 'database', 'server')]: `${6 * DAY}-60x20`,
      [certificate('storage', 'database', 'authority')]: `${365 * DAY}-60x20`,
    },
    at: '10m',
    fires: ['ticket{program="storage", part="database", kind="server"}'],
  },
  {
    of: 'certificate-ends',
    what: 'two days are left of the authority that a process read, and of another one none',
    series: {
      [certificate('ingest', 'kafka', 'authority')]: `${2 * DAY}-60x20`,
      [certificate('policy', 'database', 'server')]: '-60-60x20',
    },
    at: '10m',
    fires: [
      'page{program="ingest", part="kafka", kind="authority"}',
      'ticket{program="ingest", part="kafka", kind="authority"}',
      'page{program="policy", part="database", kind="server"}',
      'ticket{program="policy", part="database", kind="server"}',
    ],
  },
  {
    of: 'certificate-ends',
    what: 'an operator that renews seven days before the end is about to',
    series: {
      [certificate('storage', 'database', 'server')]: `${7 * DAY}-60x20`,
      [certificate('storage', 'database', 'authority')]: `${7 * DAY}-60x20`,
    },
    at: '10m',
    fires: [],
  },
  {
    of: 'certificate-ends',
    what: 'all have a year; one was renewed in its last hour',
    series: {
      [certificate('storage', 'kafka', 'server')]: `3600x4 ${365 * DAY}x16`,
      [certificate('storage', 'kafka', 'authority')]: `${365 * DAY}x20`,
    },
    at: '10m',
    fires: [],
  },
  {
    of: 'database-connections',
    what: 'nine of ten are taken',
    series: {[taken('storage')]: '90x30', [places('storage')]: '97x30'},
    at: '15m',
    fires: ['ticket{program="storage"}'],
  },
  {
    of: 'database-connections',
    what: 'half are, and all were for a moment in which a pool was filled',
    series: {[taken('storage')]: '50x4 97x3 50x20', [places('storage')]: '97x30'},
    at: '15m',
    fires: [],
  },
  {
    of: 'transaction-open',
    what: 'somebody left his session open',
    series: {[`vitalvault_database_transaction_age_seconds${of('notify')}`]: '0+60x30'},
    at: '20m',
    fires: ['ticket{program="notify"}'],
  },
  {
    of: 'transaction-open',
    what: 'a backup takes ten minutes',
    series: {[`vitalvault_database_transaction_age_seconds${of('notify')}`]: '0+60x10 0x20'},
    at: '20m',
    fires: [],
  },
  {
    of: 'kafka-under-replicated',
    what: 'one of three brokers is away for half an hour',
    series: {[`vitalvault_kafka_under_replicated${of('storage')}`]: '0x4 4x40'},
    at: '30m',
    fires: ['ticket{program="storage"}'],
  },
  {
    of: 'kafka-under-replicated',
    what: 'a broker was restarted',
    series: {[`vitalvault_kafka_under_replicated${of('storage')}`]: '0x4 4x8 0x20'},
    at: '20m',
    fires: [],
  },
  {
    of: 'copies-missing',
    what: 'a peer has lost its store: packs have one copy, and one has none',
    series: {[short('below-minimum')]: '0x4 40x30', [short('nowhere')]: '0x4 1x30'},
    at: '20m',
    fires: ['page{state="nowhere"}', 'ticket{state="below-minimum"}'],
  },
  {
    of: 'copies-missing',
    what: 'pins that failed are mended within minutes',
    series: {[short('below-minimum')]: '0x4 40x6 0x30', [short('nowhere')]: '0x4 1x3 0x30'},
    at: '20m',
    fires: [],
  },
  {
    of: 'volume-fills',
    what: 'a fiftieth is left to Kafka; what others have in their namespace is not ours',
    series: {
      [IN_VV]: '1x100',
      [volume('available', KAFKA)]: '20x100',
      [volume('capacity', KAFKA)]: '1000x100',
      [volume('available', 'data-other-0', 'others')]: '20x100',
      [volume('capacity', 'data-other-0', 'others')]: '1000x100',
    },
    at: '80m',
    fires: [
      `page{namespace="vv", persistentvolumeclaim="${KAFKA}"}`,
      `ticket{namespace="vv", persistentvolumeclaim="${KAFKA}"}`,
    ],
  },
  {
    of: 'volume-fills',
    what: 'half is left, and gone in three days',
    series: {
      [IN_VV]: '1x500',
      [volume('available', KAFKA)]: '1000000-200x500',
      [volume('capacity', KAFKA)]: '2000000x500',
    },
    at: '8h',
    fires: [`ticket{namespace="vv", persistentvolumeclaim="${KAFKA}"}`],
  },
  {
    of: 'volume-fills',
    what: "a third is left, and for validators' there is another alert",
    series: {
      [IN_VV]: '1x100',
      [volume('available', KAFKA)]: '300x100',
      [volume('capacity', KAFKA)]: '1000x100',
      [volume('available', 'data-vv-vitalvault-validator-0-0')]: '20x100',
      [volume('capacity', 'data-vv-vitalvault-validator-0-0')]: '1000x100',
    },
    at: '80m',
    fires: [],
  },
];
