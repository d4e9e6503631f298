import {PROGRAMS} from './metric.js';
import type {Metric} from './metric.js';

/** Parts of a process: its checks, followers and background work, by their names in /readyz. */
const MOST_PARTS = 24;

/** Of every process. */
export const PROCESS_METRICS = {
  'process.cpu.time': {
    kind: 'counter',
    unit: 's',
    of: PROGRAMS,
    labels: {'cpu.mode': ['user', 'system']},
    meaning: 'Processor time used.',
  },
  'process.memory.usage': {kind: 'gauge', unit: 'By', of: PROGRAMS, meaning: 'Resident memory.'},
  'process.uptime': {kind: 'gauge', unit: 's', of: PROGRAMS, meaning: 'Time since the process began.'},
  'v8js.memory.heap.used': {kind: 'gauge', unit: 'By', of: PROGRAMS, meaning: 'Heap in use.'},
  'v8js.memory.heap.max': {
    kind: 'gauge',
    unit: 'By',
    of: PROGRAMS,
    meaning: 'Heap that the process may use before it ends for want of memory.',
  },
  'nodejs.eventloop.utilization': {
    kind: 'gauge',
    unit: '1',
    of: PROGRAMS,
    meaning: 'Share of the time in which the event loop was not idle, since it was last asked.',
  },
  'nodejs.eventloop.delay.p50': {
    kind: 'gauge',
    unit: 's',
    of: PROGRAMS,
    meaning: 'Delay of the event loop, half of its turns are below it, since it was last asked.',
  },
  'nodejs.eventloop.delay.p99': {
    kind: 'gauge',
    unit: 's',
    of: PROGRAMS,
    meaning: 'Delay of the event loop, 99 of 100 turns are below it, since it was last asked.',
  },
  'nodejs.eventloop.delay.max': {
    kind: 'gauge',
    unit: 's',
    of: PROGRAMS,
    meaning: 'Longest delay of the event loop since it was last asked.',
  },
  'vitalvault.ready': {
    kind: 'gauge',
    unit: '{0 or 1}',
    of: PROGRAMS,
    meaning: '1: it can do its work; 0: it cannot, /readyz says why.',
  },
  'vitalvault.degraded': {
    kind: 'gauge',
    unit: 's',
    of: PROGRAMS,
    labels: {part: MOST_PARTS},
    meaning: 'How long a part waits for something while the rest goes on; absent: it does not.',
  },
  'vitalvault.follower.stopped': {
    kind: 'gauge',
    unit: '{place}',
    of: ['ingest', 'policy', 'storage', 'notify'],
    labels: {part: MOST_PARTS},
    meaning: 'Places at which a follower stopped because it cannot take what comes next; 0: it goes on.',
  },
} as const satisfies Readonly<Record<string, Metric>>;
