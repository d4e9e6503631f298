// What is promised in numbers, and the alerts that say that more of it is broken than may be. A budget is what may go
// wrong in thirty days; pages and tickets after the SRE workbook: two windows each, so that it is true and still true.
import type {Alert, Recording} from './alert.ts';

type Function = 'rate' | 'increase';

interface Objective {
  /** Of the alert. */
  readonly name: string;
  /** Of the recorded numbers. */
  readonly what: string;
  /** One sentence for the document. */
  readonly promise: string;
  /** Share that holds. */
  readonly target: number;
  /** Fewer in the longer window wake nobody: one of three is a third. */
  readonly least: number;
  readonly total: (of: Function, window: string) => string;
  readonly bad: (of: Function, window: string) => string;
  readonly summary: string;
  readonly description: string;
}

const BY = 'by (namespace)';
const sum = (of: Function, selector: string, window: string): string => `sum ${BY} (${of}(${selector}[${window}]))`;

/** Requests of a route by their status; who went before the answer is counted nowhere. */
export const requests = (route: string, status: string): string =>
  `http_server_request_duration_seconds_count{http_request_method="POST", http_route="${route}", http_response_status_code${status}}`;
const ANSWERED = '!=""';
const FAILED = '=~"5.."';

interface Waits {
  readonly histogram: string;
  /** Labels of all that count. */
  readonly labels: string;
  /** Labels of those that came to an end. */
  readonly ended?: string;
  /** Seconds, a bound of a bucket; Prometheus 3 writes it with a fraction, 2 without. */
  readonly within: number;
}

const waited = (of: Function, window: string, {histogram, labels}: Waits): string =>
  sum(of, `${histogram}_count{${labels}}`, window);

/** Those that took longer, or came to no end. Without one that was in time there is no series of such. */
function late(of: Function, window: string, waits: Waits): string {
  const {histogram, labels, ended = labels, within} = waits;
  const all = waited(of, window, waits);
  const inTime = sum(of, `${histogram}_bucket{${ended}${ended === '' ? '' : ', '}le=~"${within}(\\\\.0)?"}`, window);
  return `(${all} - (${inTime} or ${all} * 0))`;
}

/** Two sums, of which one may have no series yet. */
const added = (one: string, other: string): string => `((${one} or ${other} * 0) + (${other} or ${one} * 0))`;

const ANCHORED: Waits = {histogram: 'vitalvault_record_delay_seconds', labels: 'phase="anchored"', within: 10};
const KEYS: Waits = {histogram: 'vitalvault_release_delay_seconds', labels: '', within: 5};
// What a block tells has the time of the votes before it: on an idle chain that alone is ten seconds (protocol §5.3).
const DURABLE: Waits = {histogram: 'vitalvault_alert_delay_seconds', labels: 'phase="durable"', within: 30};
const REVOKED: Waits = {
  histogram: 'vitalvault_transaction_duration_seconds',
  labels: 'kind="revokeGrant"',
  ended: 'kind="revokeGrant", error_type=""',
  within: 5,
};

export const OBJECTIVES: readonly Objective[] = [
  {
    name: 'records-refused',
    what: 'acceptance',
    promise: 'Posts of records are answered with anything but a fault of ours (5xx).',
    target: 0.999,
    least: 10,
    total: (of, window) => sum(of, requests('/v1/records', ANSWERED), window),
    bad: (of, window) => sum(of, requests('/v1/records', FAILED), window),
    summary: 'Posts of records are answered 5xx',
    description:
      'Devices keep what was not acknowledged and send it again; who looks for a reading does not find it yet.',
  },
  {
    name: 'records-late',
    what: 'anchoring',
    promise: 'A record is anchored within ten seconds of its acknowledgement.',
    target: 0.99,
    least: 10,
    total: (of, window) => waited(of, window, ANCHORED),
    bad: (of, window) => late(of, window, ANCHORED),
    summary: 'Records are anchored later than ten seconds after their acknowledgement',
    description: 'Nothing is lost; a record can be read when it is anchored.',
  },
  {
    name: 'keys-late',
    what: 'keys',
    promise: 'The first keys of a permit leave within five seconds of the question for them, and none ends in a 5xx.',
    target: 0.99,
    least: 3,
    total: (of, window) => added(waited(of, window, KEYS), sum(of, requests('/v1/releases', FAILED), window)),
    bad: (of, window) => added(late(of, window, KEYS), sum(of, requests('/v1/releases', FAILED), window)),
    summary: 'Readers wait for keys that they may have, or get none',
    description: 'A clinician who was permitted cannot read. Nothing leaves without its alert meanwhile.',
  },
  {
    name: 'alerts-late',
    what: 'alerts',
    promise: 'An alert is durable, where the patient can see it, within thirty seconds of the time of what it tells.',
    target: 0.99,
    least: 3,
    total: (of, window) => waited(of, window, DURABLE),
    bad: (of, window) => late(of, window, DURABLE),
    summary: 'Patients are told later than thirty seconds after what happened',
    description: 'No key leaves before its alert is durable, but refusals and other news reach the patient late.',
  },
  {
    name: 'revocations-late',
    what: 'revocation',
    promise: 'A revocation has ended the permission, here too, within five seconds of its post.',
    target: 0.99,
    least: 2,
    total: (of, window) => waited(of, window, REVOKED),
    bad: (of, window) => late(of, window, REVOKED),
    summary: 'Revocations take longer than five seconds, or end without an answer',
    description: 'A patient takes a permission back and cannot tell whether it has ended.',
  },
];

/** [times the budget, longer window, shorter window]; the same record is of all windows of its objective. */
const PAGES = [
  [14.4, '1h', '5m'],
  [6, '6h', '30m'],
] as const;
const TICKET = [1, '3d', '6h'] as const;
const WINDOWS = ['5m', '30m', '1h', '6h', '3d'] as const;

/** Share that was bad in a window; without any there is no number. */
export const badShare = ({what}: Objective, window: (typeof WINDOWS)[number]): string =>
  `vitalvault:${what}_bad:share_${window}`;

const recordingsOf = (objective: Objective): Recording[] =>
  WINDOWS.map((window) => {
    const total = objective.total('rate', window);
    return {
      record: badShare(objective, window),
      expr: `(${objective.bad('rate', window)} or ${total} * 0)\n/\n(${total} > 0)`,
    };
  });

function burning(objective: Objective, [times, longer, shorter]: (typeof PAGES)[number] | typeof TICKET): string {
  const above = Number((times * (1 - objective.target)).toPrecision(6));
  return [
    `${badShare(objective, longer)} > ${above}`,
    `and ${badShare(objective, shorter)} > ${above}`,
    `and ${objective.bad('increase', longer)} >= ${objective.least}`,
  ].join('\n');
}

/** The alerts of the objectives: a name each, with a page and a ticket. */
export const OBJECTIVE_ALERTS: readonly Alert[] = OBJECTIVES.map((objective) => ({
  name: objective.name,
  summary: objective.summary,
  description: objective.description,
  unit: 'share of what was asked for in the longer window',
  recordings: recordingsOf(objective),
  rules: [
    {severity: 'page', for: '0s', expr: PAGES.map((page) => burning(objective, page)).join('\nor\n')},
    {severity: 'ticket', for: '0s', expr: burning(objective, TICKET)},
  ],
}));
