// Alerts of what others run for us, as our own programs see it: no exporter of theirs is needed for them.
import {KAFKA_AWAY, unlessKnown} from './alert.ts';
import type {Alert} from './alert.ts';

const ENDS = 'min by (namespace, program, part, kind) (vitalvault_certificate_remaining_seconds)';

/** Volumes of the namespaces that have a release of ours; validators' have an alert of their own. */
const LEFT = 'kubelet_volume_stats_available_bytes{persistentvolumeclaim!~".*-validator-[0-9]+-0"}';
const OURS = 'and on (namespace) group by (namespace) (up{program="storage"})';
const SHARE = `${LEFT} / kubelet_volume_stats_capacity_bytes`;

export const ENGINE_ALERTS: readonly Alert[] = [
  {
    name: 'certificate-ends',
    summary:
      'A certificate ({{ $labels.kind }}) of {{ $labels.part }}, as {{ $labels.program }} has it, ends in {{ $value | humanizeDuration }}',
    description:
      'From then on each new connection is refused, of all programs within minutes. Certificates are read when a process starts.',
    unit: 'seconds until it ends; below 0: since',
    rules: [
      {severity: 'page', for: '5m', expr: `${ENDS} < 2 * 86400`},
      // CloudNativePG renews seven days before the end, of ninety: a ticket before would stand for weeks, each time.
      {severity: 'ticket', for: '5m', expr: `${ENDS} < 6 * 86400`},
    ],
  },
  {
    name: 'database-connections',
    summary: 'PostgreSQL of {{ $labels.program }} has {{ $value | humanizePercentage }} of its connections taken',
    description: 'At the end it lets nobody in, and the service cannot answer. All that use the server share them.',
    unit: 'share of the connections',
    rules: [
      {
        severity: 'ticket',
        for: '10m',
        expr: 'max by (namespace, program) (vitalvault_database_connections / vitalvault_database_connections_ceiling) > 0.85',
      },
    ],
  },
  {
    name: 'transaction-open',
    summary: 'A transaction in the database of {{ $labels.program }} has been open for {{ $value | humanizeDuration }}',
    description:
      'A session that was forgotten, or a statement that does not end: what it has locked others wait for, and nothing that is deleted meanwhile frees room.',
    unit: 'seconds',
    rules: [
      {
        severity: 'ticket',
        for: '1m',
        expr: 'max by (namespace, program) (vitalvault_database_transaction_age_seconds) > 900',
      },
    ],
  },
  {
    name: 'kafka-under-replicated',
    summary: '{{ $value }} partitions that {{ $labels.program }} takes have too few copies in step',
    description:
      'A broker is away, or does not follow. With fewer in step than `min.insync.replicas` records are not accepted; with none nothing is taken.',
    unit: 'partitions',
    rules: [
      {
        severity: 'ticket',
        for: '15m',
        expr: unlessKnown('max by (namespace, program) (vitalvault_kafka_under_replicated) > 0', [
          'namespace',
          KAFKA_AWAY,
        ]),
      },
    ],
  },
  {
    name: 'copies-missing',
    summary: '{{ $value }} packs of records have fewer copies than they need',
    description:
      'Each peer that should hold one answers, and says that it does not. As a page: of some no peer has a copy. As a ticket: one more loss, and somebody cannot be read.',
    unit: 'packs',
    rules: [
      {
        severity: 'page',
        for: '10m',
        expr: 'max by (namespace, state) (vitalvault_storage_packs_short{state="nowhere"}) > 0',
      },
      {
        severity: 'ticket',
        for: '10m',
        expr: 'max by (namespace, state) (vitalvault_storage_packs_short{state="below-minimum"}) > 0',
      },
    ],
  },
  {
    name: 'volume-fills',
    summary: 'The volume {{ $labels.persistentvolumeclaim }} fills',
    description:
      'As a page: a twentieth is left. As a ticket: less than fifteen in a hundred, or full within four days if it goes on so. A full Kafka accepts no record, a full PostgreSQL ends its service.',
    unit: 'share that is left, or bytes that will be left in four days',
    rules: [
      {severity: 'page', for: '5m', expr: `${SHARE} < 0.05\n${OURS}`},
      {
        severity: 'ticket',
        for: '1h',
        expr: `(\n  ${SHARE} < 0.15\n  or\n  predict_linear(${LEFT}[6h], 4 * 86400) < 0\n)\n${OURS}`,
      },
    ],
  },
];
