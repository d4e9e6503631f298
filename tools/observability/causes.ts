// Alerts of causes and of work that stands: what never comes to an end is in no histogram of an objective, and what
// nobody asks for while it is away is in none either. One cause is one page: what follows from another one that pages
// is left out of its rule.
import {KAFKA_AWAY, PROGRAMS, unlessKnown} from './alert.ts';
import type {Alert} from './alert.ts';
import {ENGINE_ALERTS} from './engine-causes.ts';
import {SILENCE_ALERTS} from './silence-causes.ts';

const NO_BLOCKS = 'min by (namespace) (vitalvault_ledger_block_age_seconds) > 60';
// What is down tells nothing; what is up tells whether it is ready.
const NONE_READY = `sum by (namespace, program) (vitalvault_ready{program!="ledger-abci"}) == 0
or
sum by (namespace, program) (up{program=~"${PROGRAMS.join('|')}"}) == 0`;
const STANDS = 'max by (namespace, program) (vitalvault_follower_stopped) > 0';

/**
 * How often a refusal was told of late, also by a process that never told of it before: a counter that begins at one
 * has no increase.
 */
function recently(code: string): string {
  const counter = `vitalvault_refusals_total{code="${code}"}`;
  const by = 'sum by (namespace, program, code)';
  return `${by} (increase(${counter}[15m])) > 0\nor\n${by} (${counter} unless ${counter} offset 15m) > 0`;
}

const RUNNING: readonly Alert[] = [
  {
    name: 'service-down',
    summary: '{{ $labels.program }} cannot do its work{{ with $labels.pod }} ({{ . }}){{ end }}',
    description:
      'As a page: none of its processes is up and ready, and what it serves is answered by nobody. As a ticket: one of them is not, for a quarter of an hour.',
    unit: 'processes that are up and ready',
    rules: [
      {severity: 'page', for: '2m', expr: NONE_READY},
      {severity: 'ticket', for: '15m', expr: `up{program=~"${PROGRAMS.join('|')}"} == 0\nor\nvitalvault_ready == 0`},
    ],
  },
  {
    name: 'not-scraped',
    summary: 'Prometheus knows no {{ $labels.program }}',
    description: 'It has no target of this program: it was taken away, or nobody would hear of its trouble.',
    unit: 'none',
    rules: [
      {severity: 'page', for: '5m', expr: PROGRAMS.map((program) => `absent(up{program="${program}"})`).join('\nor\n')},
    ],
  },
  {
    name: 'degraded',
    summary: '{{ $labels.program }} waits for {{ $labels.part }} since {{ $value | humanizeDuration }}',
    description: 'The part is at fault or away; what does not need it goes on.',
    unit: 'seconds',
    rules: [
      {
        severity: 'ticket',
        for: '1m',
        expr: 'max by (namespace, program, part) (vitalvault_degraded_seconds{part!~"kafka|clock|disk|dead-letters|ledger-follower|kafka-consumer"}) > 600',
      },
    ],
  },
  {
    name: 'clock-wrong',
    summary: 'The clock of {{ $labels.program }} differs by more than ten seconds from what others say',
    description: 'Signed requests are refused as stale and nothing is released, though nothing is wrong with them.',
    unit: 'seconds since it is known',
    rules: [
      {
        severity: 'page',
        for: '30s',
        expr: 'max by (namespace, program) (vitalvault_degraded_seconds{part="clock"}) > 60',
      },
    ],
  },
  {
    name: 'heap-nearly-full',
    summary: '{{ $labels.program }} has {{ $value | humanizePercentage }} of its heap in use',
    description: 'At its end the process ends, and begins again.',
    unit: 'share of the heap',
    // The most counts young objects too, of which there is never so much: a process ends at 91 hundredths of it.
    rules: [{severity: 'ticket', for: '10m', expr: 'v8js_memory_heap_used_bytes / v8js_memory_heap_max_bytes > 0.85'}],
  },
  {
    name: 'internal-errors',
    summary: '{{ $labels.program }} answered with an error of its own',
    description: 'A fault of ours that no rule foresaw; the log has it with its trace.',
    unit: 'answers in a quarter of an hour',
    rules: [{severity: 'ticket', for: '0s', expr: recently('internal')}],
  },
];

const WORK: readonly Alert[] = [
  {
    name: 'kafka-away',
    summary: '{{ $labels.program }} cannot use Kafka since {{ $value | humanizeDuration }}',
    description: 'Records are not accepted, and what policy and storage tell others waits in their outboxes.',
    unit: 'seconds',
    rules: [
      {
        severity: 'page',
        for: '30s',
        expr: 'max by (namespace, program) (vitalvault_degraded_seconds{part="kafka"}) > 60',
      },
    ],
  },
  {
    name: 'messages-not-taken',
    summary: '{{ $labels.program }} has not taken messages of Kafka for {{ $value | humanizeDuration }}',
    description: 'Records are not stored, or alerts do not reach the patients, depending on who it is.',
    unit: 'seconds',
    rules: [
      {
        severity: 'page',
        for: '1m',
        expr: unlessKnown(
          'max by (namespace, program) (vitalvault_kafka_consumer_lag_age_seconds) > 120',
          ['namespace', KAFKA_AWAY],
          ['namespace, program', STANDS],
          ['namespace, program', NONE_READY],
        ),
      },
    ],
  },
  {
    name: 'outbox-waits',
    summary: 'What {{ $labels.program }} has to tell has waited for Kafka for {{ $value | humanizeDuration }}',
    description: 'Alerts of refused and permitted accesses and news of the ledger reach nobody.',
    unit: 'seconds',
    rules: [
      {
        severity: 'page',
        for: '1m',
        expr: unlessKnown(
          'max by (namespace, program) (vitalvault_outbox_age_seconds) > 120',
          ['namespace', KAFKA_AWAY],
          ['namespace, program', NONE_READY],
        ),
      },
    ],
  },
  {
    name: 'records-not-stored',
    summary: 'Records have waited for enough IPFS peers for {{ $value | humanizeDuration }}',
    description: 'They are durable in PostgreSQL, and cannot be read yet.',
    unit: 'seconds',
    rules: [
      {
        severity: 'page',
        for: '1m',
        expr: 'max by (namespace) (vitalvault_storage_backlog_age_seconds{state="to-pack"}) > 120',
      },
    ],
  },
  {
    name: 'records-not-anchored',
    summary: 'No block has taken a transaction of storage for {{ $value | humanizeDuration }}',
    description: 'Blocks come, and records are not anchored: they cannot be read yet.',
    unit: 'seconds',
    rules: [
      {
        severity: 'page',
        for: '1m',
        expr: unlessKnown('max by (namespace) (vitalvault_storage_anchor_waiting_seconds) > 120', [
          'namespace',
          NO_BLOCKS,
        ]),
      },
    ],
  },
  {
    name: 'deliveries-late',
    summary: 'Webhooks have been due for {{ $value | humanizeDuration }} and not begun',
    description: 'Patients who rely on a webhook are not told; their lists of alerts are complete.',
    unit: 'seconds',
    rules: [{severity: 'page', for: '1m', expr: 'max by (namespace) (vitalvault_notify_deliveries_age_seconds) > 300'}],
  },
  {
    name: 'dead-letters',
    summary: '{{ $value }} messages that {{ $labels.program }} could not take wait for a person',
    description: 'They are kept; at the bound of their table the topic stands.',
    unit: 'messages',
    rules: [{severity: 'ticket', for: '1m', expr: 'max by (namespace, program) (vitalvault_dead_letters) > 0'}],
  },
  {
    name: 'dead-letters-old',
    summary:
      'A message that {{ $labels.program }} could not take has waited for a person for {{ $value | humanizeDuration }}',
    description:
      'Its ticket was not done in three days. A reading in it is not stored, an alert in it was not given, and a device or a patient waits for it.',
    unit: 'seconds',
    rules: [
      {
        severity: 'page',
        for: '1m',
        expr: 'max by (namespace, program) (vitalvault_dead_letters_age_seconds) > 3 * 86400',
      },
    ],
  },
  {
    name: 'record-lost',
    summary: '{{ $labels.program }} refused a reader with {{ $labels.code }}',
    description:
      'As a page: no intact copy of an anchored record was found. As a ticket: what storage gave does not fit the ledger.',
    unit: 'answers in a quarter of an hour',
    rules: [
      {severity: 'page', for: '0s', expr: recently('record-lost')},
      {severity: 'ticket', for: '0s', expr: recently('release-mismatch')},
    ],
  },
];

const LEDGER: readonly Alert[] = [
  {
    name: 'no-blocks',
    summary: 'No validator here has seen a new block for a minute',
    description:
      'Nothing is anchored, permitted or revoked. More than two thirds of the voting power must be up and reach each other.',
    unit: 'seconds; 0: no validator is at work since its start',
    rules: [
      {
        severity: 'page',
        for: '1m',
        expr: `${NO_BLOCKS}\nor\nmax by (namespace) (vitalvault_ready{program="ledger-abci"}) == 0`,
      },
    ],
  },
  {
    name: 'validator-missing',
    summary: 'Validators of organisation {{ $labels.organisation }} do not sign',
    description: '{{ $value | humanizePercentage }} of all voting power is missing by it; at a third no block comes.',
    unit: 'share of all voting power',
    rules: [
      {
        severity: 'ticket',
        for: '10m',
        // One that follows no more tells of its last block for ever.
        expr: `max by (namespace, organisation) (
  vitalvault_ledger_missing_power_ratio
  and on (namespace, instance)
  (vitalvault_ledger_block_age_seconds < 60)
) > 0`,
      },
    ],
  },
  {
    name: 'misbehaviour',
    summary: 'The ledger recorded {{ $labels.kind }} of a validator',
    description: 'Two processes run with one key, or a key is stolen.',
    unit: 'proofs since the start of a process',
    rules: [{severity: 'page', for: '0s', expr: 'max by (namespace, kind) (vitalvault_ledger_misbehaviour_total) > 0'}],
  },
  {
    name: 'follower-stopped',
    summary: '{{ $labels.program }} stands at what it cannot take ({{ $labels.part }})',
    description:
      'It skips nothing, so what comes behind waits: outcomes, releases, alerts or records, depending on who it is.',
    unit: 'places',
    rules: [
      {
        severity: 'page',
        for: '1m',
        // One whose database is away stands too, and is told as a service that is down.
        expr: unlessKnown('max by (namespace, program, part) (vitalvault_follower_stopped) > 0', [
          'namespace, program',
          NONE_READY,
        ]),
      },
    ],
  },
  {
    name: 'follower-behind',
    summary: '{{ $labels.program }} is {{ $value | humanizeDuration }} behind the chain',
    description: 'Blocks come, and it does not follow: outcomes of transactions and releases wait or are refused.',
    unit: 'seconds',
    rules: [
      {
        severity: 'page',
        for: '1m',
        expr: unlessKnown(
          `max by (namespace, program) (vitalvault_follower_block_age_seconds) > 60
and on (namespace)
(min by (namespace) (vitalvault_ledger_block_age_seconds) < 30)`,
          ['namespace, program', STANDS],
          ['namespace, program', NONE_READY],
        ),
      },
    ],
  },
  {
    name: 'disk-fills',
    summary: 'The disk of a validator fills{{ with $labels.pod }} ({{ . }}){{ end }}',
    description:
      'As a page: less is left than its setting says. As a ticket: it is full within four days, if it goes on so.',
    unit: 'seconds since it is known, or bytes that will be left in four days',
    rules: [
      {severity: 'page', for: '1m', expr: 'vitalvault_degraded_seconds{part="disk"} > 60'},
      {severity: 'ticket', for: '1h', expr: 'predict_linear(vitalvault_ledger_disk_free_bytes[6h], 4 * 86400) < 0'},
    ],
  },
  {
    name: 'ledger-nearly-full',
    summary: 'Organisation {{ $labels.organisation }} has {{ $value | humanizePercentage }} of its part of the ledger',
    description: 'At seven tenths it takes no records and no new people. It cannot be enlarged.',
    unit: 'share of its part',
    rules: [
      {
        severity: 'ticket',
        for: '1h',
        expr: `max by (namespace, organisation) (
  vitalvault_ledger_keys / vitalvault_ledger_keys_ceiling > 0.6
  or
  vitalvault_ledger_leaves / vitalvault_ledger_leaves_ceiling > 0.6
)`,
      },
    ],
  },
];

export const CAUSE_ALERTS: readonly Alert[] = [...RUNNING, ...WORK, ...SILENCE_ALERTS, ...LEDGER, ...ENGINE_ALERTS];
