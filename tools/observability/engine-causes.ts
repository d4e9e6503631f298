// Alerts of what others run for us, as our own programs see it: no exporter of theirs is needed for them.
import type {Alert} from './alert.ts';

const ENDS = 'min by (namespace, program, part, kind) (vitalvault_certificate_remaining_seconds)';

export const ENGINE_ALERTS: readonly Alert[] = [
  {
    name: 'certificate-ends',
    summary: 'A certificate ({{ $labels.kind }}) of {{ $labels.part }}, as {{ $labels.program }} has it, ends in {{ $value | humanizeDuration }}',
    description:
      'From then on each new connection is refused, of all programs within minutes. Certificates are read when a process starts.',
    unit: 'seconds until it ends; below 0: since',
    rules: [
      {severity: 'page', for: '5m', expr: `${ENDS} < 3 * 86400`},
      {severity: 'ticket', for: '5m', expr: `${ENDS} < 30 * 86400`},
    ],
  },
];
