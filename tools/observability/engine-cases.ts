import type {Case} from './case.ts';
import {of} from './series.ts';

const DAY = 86_400;
const certificate = (program: string, part: string, kind: string): string =>
  `vitalvault_certificate_remaining_seconds${of(program, `part="${part}", kind="${kind}"`)}`;

export const ENGINE_CASES: readonly Case[] = [
  {
    of: 'certificate-ends',
    what: 'a server has a month less a minute, its authority a year',
    series: {
      [certificate('storage', 'database', 'server')]: `${30 * DAY}-60x20`,
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
    what: 'all have a year; one was renewed in its last hour',
    series: {
      [certificate('storage', 'kafka', 'server')]: `3600x4 ${365 * DAY}x16`,
      [certificate('storage', 'kafka', 'authority')]: `${365 * DAY}x20`,
    },
    at: '10m',
    fires: [],
  },
];
