// Alerts of what nothing else sees: nobody comes, nobody is reached, or what broke is up again at once.
import {unlessKnown} from './alert.ts';
import type {Alert} from './alert.ts';
import {requests} from './objectives.ts';

const TRIES = 'vitalvault_notify_tries_total';

/** Posts of records in a time, by how they were answered. */
const posts = (status: string, time: string): string =>
  `sum by (namespace) (increase(${requests('/v1/records', `=~"${status}"`)}[${time}]))`;

/** None was taken for an hour, and in a day more than so many were; what failed here its objective tells. */
const nonePosted = (aDay: number): string =>
  unlessKnown(
    `${posts('2..', '1d')} > ${String(aDay)}`,
    ['namespace', `${posts('2..', '1h')} > 0`],
    ['namespace', `${posts('5..', '1h')} >= 10`],
    ['namespace', 'sum by (namespace) (vitalvault_ready{program="ingest"}) == 0'],
    ['namespace', 'sum by (namespace) (up{program="ingest"}) == 0'],
  );

export const SILENCE_ALERTS: readonly Alert[] = [
  {
    name: 'no-records',
    summary: 'No post of records was taken within an hour, of {{ $value | humanize }} within a day',
    description:
      'ingest is well and gets none, or refuses all: the way to it (names, Ingress, certificate), or what devices send. A page where forty patients or more are silent.',
    unit: 'posts taken within a day',
    rules: [
      {severity: 'page', for: '5m', expr: nonePosted(1_000)},
      {severity: 'ticket', for: '5m', expr: nonePosted(100)},
    ],
  },
  {
    name: 'restarts',
    summary:
      '{{ $labels.program }} began anew {{ $value }} times within an hour{{ with $labels.pod }} ({{ . }}){{ end }}',
    description:
      'It works in between, so nothing else tells it. Each time its callers are answered 503 for some seconds.',
    unit: 'beginnings in an hour',
    rules: [{severity: 'ticket', for: '0s', expr: 'resets(process_uptime_seconds[1h]) >= 3'}],
  },
  {
    name: 'webhooks-fail',
    summary: 'No webhook was taken within an hour, and {{ $value | humanize }} tries failed',
    description:
      'notify may not leave, finds no names, or every receiver is away. Patients who rely on a webhook are not told; their lists are complete.',
    unit: 'tries that failed within an hour',
    rules: [
      {
        severity: 'ticket',
        for: '10m',
        expr: `sum by (namespace) (increase(${TRIES}{state!="delivered"}[1h])) >= 10
unless on (namespace)
sum by (namespace) (increase(${TRIES}{state="delivered"}[1h])) > 0`,
      },
    ],
  },
];
