import type {Case} from './case.ts';
import {of} from './series.ts';

const tries = (state: string): string => `vitalvault_notify_tries_total${of('notify', `state="${state}"`)}`;
const post = (status: string): string =>
  `http_server_request_duration_seconds_count{program="ingest", http_request_method="POST", http_route="/v1/records", http_response_status_code="${status}"}`;

export const SILENCE_CASES: readonly Case[] = [
  {
    of: 'no-records',
    what: 'nobody comes through any more; who is answered 4xx only has brought none',
    series: {[post('202')]: '0+2x1440 2880x120', [post('403')]: '0x1440 0+5x120'},
    at: '26h',
    fires: ['page', 'ticket'],
  },
  {
    of: 'no-records',
    what: 'the process that took them is gone, and its successor got none',
    series: {[post('202')]: '0+0.3x1440 stale'},
    at: '26h',
    fires: ['ticket'],
  },
  {
    of: 'no-records',
    what: 'they come; a few patients sleep; failures are told by their objective, an ingest that is down by itself',
    series: {
      [post('207')]: '0+1x1560',
      [post('202').replace('{', '{namespace="b", ')]: '0+1x60 60x1500',
      [post('202').replace('{', '{namespace="c", ')]: '0+2x1440 2880x120',
      [post('503').replace('{', '{namespace="c", ')]: '0x1440 0+1x120',
      [post('202').replace('{', '{namespace="d", ')]: '0+2x1440 2880x120',
      'vitalvault_ready{namespace="d", program="ingest", instance="d"}': '1x1440 0x120',
    },
    at: '26h',
    fires: [
      'records-refused page{namespace="c"}',
      'records-refused ticket{namespace="c"}',
      'service-down page{namespace="d", program="ingest"}',
      'service-down ticket{namespace="d", program="ingest", instance="d"}',
    ],
  },
  {
    of: 'webhooks-fail',
    what: 'none gets out, in either process',
    series: {
      [tries('failed')]: '0+1x90',
      [tries('given-up').replace('notify-0', 'notify-1')]: '0x20 1+1x70',
      [tries('delivered')]: '7x90',
    },
    at: '80m',
    fires: ['ticket'],
  },
  {
    of: 'webhooks-fail',
    what: 'one receiver is away, another one takes what it gets; nobody has a webhook',
    series: {
      [tries('failed')]: '0+1x90',
      [tries('delivered')]: '0+1x90',
      [tries('failed').replace('{', '{namespace="b", ')]: '4x90',
    },
    at: '80m',
    fires: [],
  },
  {
    of: 'restarts',
    what: 'it ends every ten minutes, and is up again at once',
    series: {[`process_uptime_seconds${of('storage')}`]: '0+60x20 0+60x10 0+60x10 0+60x10'},
    at: '50m',
    fires: ['ticket{program="storage", instance="storage-0"}'],
  },
  {
    of: 'restarts',
    what: 'once, and another one too',
    series: {
      [`process_uptime_seconds${of('storage')}`]: '0+60x20 0+60x40',
      [`process_uptime_seconds${of('storage').replace('storage-0', 'storage-1')}`]: '0+60x10 0+60x50',
    },
    at: '50m',
    fires: [],
  },
];
