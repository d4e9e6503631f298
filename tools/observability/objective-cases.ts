import type {Case} from './case.ts';

const post = (status: string): string =>
  `http_server_request_duration_seconds_count{program="ingest", http_request_method="POST", http_route="/v1/records", http_response_status_code="${status}"}`;
const release = (status: string): string => post(status).replace('ingest', 'storage').replace('records', 'releases');

/** A histogram: all, those within the bound, and how its bucket is written. */
const histogram = (name: string, labels: string, le: string) => ({
  all: `${name}_count{${labels}}`,
  inTime: `${name}_bucket{${labels}, le="${le}"}`,
});
const anchored = histogram('vitalvault_record_delay_seconds', 'program="storage", phase="anchored"', '10');
const stored = histogram('vitalvault_record_delay_seconds', 'program="storage", phase="stored"', '10');
const keys = histogram('vitalvault_release_delay_seconds', 'program="policy"', '5');
const durable = histogram('vitalvault_alert_delay_seconds', 'program="notify", phase="durable"', '30');
const delivered = histogram('vitalvault_alert_delay_seconds', 'program="notify", phase="delivered"', '5');
const revoked = histogram('vitalvault_transaction_duration_seconds', 'program="policy", kind="revokeGrant"', '5');
const granted = histogram('vitalvault_transaction_duration_seconds', 'program="policy", kind="putGrant"', '5');
const givenUp = histogram(
  'vitalvault_transaction_duration_seconds',
  'program="policy", kind="revokeGrant", error_type="tx-timeout"',
  '5',
);

export const OBJECTIVE_CASES: readonly Case[] = [
  {
    of: 'records-refused',
    what: 'two of a hundred posts fail for an hour: somebody is woken',
    series: {[post('202')]: '0+98x70', [post('503')]: '0+2x70'},
    at: '65m',
    fires: ['page', 'ticket'],
  },
  {
    of: 'records-refused',
    what: 'seven of a thousand for two hours wake somebody too',
    series: {[post('202')]: '0+993x130', [post('500')]: '0+7x130'},
    at: '120m',
    fires: ['page', 'ticket'],
  },
  {
    of: 'records-refused',
    what: 'two of a thousand for a day are a ticket',
    series: {[post('202')]: '0+998x1450', [post('503')]: '0+2x1450'},
    at: '24h',
    fires: ['ticket'],
  },
  {
    of: 'records-refused',
    what: 'one in two thousand is what may be',
    series: {[post('202')]: '0+1999x1450', [post('503')]: '0+1x1450'},
    at: '24h',
    fires: [],
  },
  {
    of: 'records-refused',
    what: 'what is over wakes nobody any more',
    series: {[post('202')]: '0+98x200', [post('503')]: '0+2x30 60+0x170'},
    at: '80m',
    fires: ['ticket'],
  },
  {
    of: 'records-refused',
    what: 'all nine posts of an hour: too few to wake somebody, whose readiness says it',
    series: {[post('503')]: '0 0 1 1 1 1 1 1 2 2 2 2 3 3 3 3 4 4 4 5 5 5 6 6 6 7 7 7 8 8 8 9+0x60'},
    at: '60m',
    fires: [],
  },
  {
    of: 'records-refused',
    what: 'what the sender did, and other routes, is no fault of ours; a restart is no failure',
    series: {
      [post('202')]: '0+98x30 0+98x40',
      [post('503')]: '5+0x30 0+0x40',
      [post('429')]: '0+50x70',
      [post('400')]: '0+50x70',
      [post('')]: '0+50x70',
      [post('503').replace('/v1/records', '/v1/skips')]: '0+50x70',
    },
    at: '65m',
    fires: [],
  },
  {
    of: 'records-refused',
    what: 'each installation is counted by itself',
    series: {
      [post('202').replace('{', '{namespace="a", ')]: '0+1000x70',
      [post('202').replace('{', '{namespace="b", ')]: '0+8x70',
      [post('503').replace('{', '{namespace="b", ')]: '0+2x70',
    },
    at: '65m',
    fires: ['page{namespace="b"}', 'ticket{namespace="b"}'],
  },
  {
    of: 'records-late',
    what: 'three of ten records are anchored late',
    series: {[anchored.all]: '0+10x70', [anchored.inTime]: '0+7x70'},
    at: '65m',
    fires: ['page', 'ticket'],
  },
  {
    of: 'records-late',
    what: 'all in time, as Prometheus 3 writes the bound; how long storing took says nothing',
    series: {
      [anchored.all]: '0+10x70',
      [anchored.inTime.replace('"10"', '"10.0"')]: '0+10x70',
      [stored.all]: '0+10x70',
      [stored.inTime]: '0+0x70',
    },
    at: '65m',
    fires: [],
  },
  {
    of: 'records-late',
    what: 'none at all: no share of nothing',
    series: {[anchored.all]: '7+0x70', [anchored.inTime]: '3+0x70'},
    at: '65m',
    fires: [],
  },
  {
    of: 'keys-late',
    what: 'readers are answered 503, and no keys ever left',
    series: {[release('503')]: '0+1x70'},
    at: '65m',
    fires: ['page', 'ticket'],
  },
  {
    of: 'keys-late',
    what: 'a fifth of the keys is late',
    series: {[keys.all]: '0+5x70', [keys.inTime]: '0+4x70'},
    at: '65m',
    fires: ['page', 'ticket'],
  },
  {
    of: 'keys-late',
    what: 'keys leave in time, and refusals are answers',
    series: {[keys.all]: '0+5x70', [keys.inTime]: '0+5x70', [release('403')]: '0+9x70', [release('200')]: '0+9x70'},
    at: '65m',
    fires: [],
  },
  {
    of: 'alerts-late',
    what: 'half of the alerts become durable late',
    series: {[durable.all]: '0+4x70', [durable.inTime]: '0+2x70'},
    at: '65m',
    fires: ['page', 'ticket'],
  },
  {
    of: 'alerts-late',
    what: 'a quiet night: a block of an idle chain has a time that is up to eleven seconds back',
    series: {[durable.all]: '0+4x70', [durable.inTime.replace('"30"', '"5"')]: '0+2x70', [durable.inTime]: '0+4x70'},
    at: '65m',
    fires: [],
  },
  {
    of: 'alerts-late',
    what: 'a receiver that is away for hours is no delay of ours',
    series: {
      [durable.all]: '0+4x70',
      [durable.inTime]: '0+4x70',
      [delivered.all]: '0+4x70',
      [delivered.inTime]: '0+0x70',
    },
    at: '65m',
    fires: [],
  },
  {
    of: 'revocations-late',
    what: 'revocations that end without an answer, and never one in time',
    series: {[givenUp.all]: '0 0 0+1x70', [givenUp.inTime]: '0 0 0+0x70'},
    at: '65m',
    fires: ['page', 'ticket'],
  },
  {
    of: 'revocations-late',
    what: 'all are in time; grants that are late are no revocations',
    series: {[revoked.all]: '0+1x70', [revoked.inTime]: '0+1x70', [granted.all]: '0+1x70', [granted.inTime]: '0+0x70'},
    at: '65m',
    fires: [],
  },
  {
    of: 'revocations-late',
    what: 'a single one that is late wakes nobody',
    series: {[revoked.all]: '0x30 1x40', [revoked.inTime]: '0x70'},
    at: '65m',
    fires: [],
  },
];
