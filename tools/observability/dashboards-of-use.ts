// Dashboards by what people notice: readings, accesses, alerts, and what is told of privacy.
import type {Dashboard, Panel} from './panel.ts';
import {largest, of, quantile, rate, spread} from './panel.ts';
import {OBJECTIVES, badShare} from './objectives.ts';

/** Share of the objective's budget that the last hour uses as fast as this; at 14.4 somebody is woken. */
function budget(what: string): Panel {
  const objective = OBJECTIVES.find((one) => one.what === what);
  if (objective === undefined) throw new Error(`no objective ${what}`);
  return {
    title: 'Budget, times too fast',
    description: `${objective.promise} Target: ${objective.target * 100} % in thirty days. At 1 the budget is used up at their end; above 14.4 for an hour, or 6 for six hours, somebody is woken.`,
    unit: 'short',
    queries: (['5m', '1h', '6h', '3d'] as const).map((window) => ({
      expr: `${of(badShare(objective, window))} / ${Number((1 - objective.target).toPrecision(6))}`,
      legend: `last ${window}`,
    })),
  };
}

const HTTP = 'http_server_request_duration_seconds';
const POSTS = 'http_request_method="POST", http_route="/v1/records"';
const RELEASES = 'http_request_method="POST", http_route="/v1/releases"';

export const OF_USE: readonly Dashboard[] = [
  {
    name: 'readings',
    title: 'VitalVault: are readings getting in?',
    description: 'From the post of a record to its place on the ledger.',
    rows: [
      {
        title: 'Accepted',
        panels: [
          budget('acceptance'),
          {
            title: 'Posts by status',
            description: 'Answers of ingest to posts of records; 202: acknowledged, 429: a quota, 5xx: ours.',
            unit: 'reqps',
            queries: [
              {
                expr: rate('http_response_status_code', `${HTTP}_count`, POSTS),
                legend: '{{http_response_status_code}}',
              },
            ],
          },
          {
            title: 'Time of a post',
            description: 'From its head to the end of its answer; Kafka has it when it is answered.',
            unit: 's',
            queries: spread(HTTP, POSTS),
          },
          {
            title: 'Queue for Kafka, taken',
            description: "Share of ingest's queue that is taken; at 1 posts are refused as busy.",
            unit: 'percentunit',
            queries: [
              {
                expr: largest('instance', 'vitalvault_kafka_send_queue_fullness_ratio', 'program="ingest"'),
                legend: '{{instance}}',
              },
            ],
          },
        ],
      },
      {
        title: 'Stored and anchored',
        panels: [
          budget('anchoring'),
          {
            title: 'Records a second',
            description:
              'Stored by enough IPFS peers, and anchored. Anchored below stored for long: look at what waits.',
            unit: 'ops',
            queries: [{expr: rate('phase', 'vitalvault_record_delay_seconds_count'), legend: '{{phase}}'}],
          },
          {
            title: 'From acknowledgement to anchored',
            description: 'Ten seconds are promised for 99 of 100.',
            unit: 's',
            queries: spread('vitalvault_record_delay_seconds', 'phase="anchored"'),
          },
          {
            title: 'Oldest that waits',
            description:
              'To pack: for enough IPFS peers. To anchor: for a transaction, or for an earlier number of its device that never came.',
            unit: 's',
            queries: [{expr: largest('state', 'vitalvault_storage_backlog_age_seconds'), legend: '{{state}}'}],
          },
          {
            title: 'Records that wait',
            description: 'Each counted to 5,000.',
            unit: 'short',
            queries: [{expr: largest('state', 'vitalvault_storage_backlog'), legend: '{{state}}'}],
          },
          {
            title: 'Transaction that waits',
            description:
              'How long the oldest transaction of storage has been in no block. Above a minute storage says so in /readyz.',
            unit: 's',
            queries: [{expr: largest('instance', 'vitalvault_storage_anchor_waiting_seconds'), legend: '{{instance}}'}],
          },
          {
            title: 'Devices whose records wait for a lost number',
            description: 'Registrations with a gap. It is the device that sends the number, or gives it up.',
            unit: 'short',
            queries: [{expr: largest('instance', 'vitalvault_storage_held_registrations'), legend: '{{instance}}'}],
          },
        ],
      },
    ],
  },
  {
    name: 'accesses',
    title: 'VitalVault: are accesses answered?',
    description: 'From a request for access to keys, and from a revocation to its effect.',
    rows: [
      {
        title: 'Keys',
        panels: [
          budget('keys'),
          {
            title: 'Questions for keys by status',
            description: "storage's answers; 403: the ledger or a limit refuses, 503: something that it needs is away.",
            unit: 'reqps',
            queries: [
              {
                expr: rate('http_response_status_code', `${HTTP}_count`, RELEASES),
                legend: '{{http_response_status_code}}',
              },
            ],
          },
          {
            title: 'From the question to its keys',
            description: 'Of the first answer to a permit; five seconds are promised for 99 of 100.',
            unit: 's',
            queries: spread('vitalvault_release_delay_seconds'),
          },
          {
            title: 'Places for releases, taken',
            description: 'Of sixteen of each storage. At sixteen for minutes: more replicas.',
            unit: 'short',
            queries: [{expr: largest('instance', 'vitalvault_storage_releases_under_way'), legend: '{{instance}}'}],
          },
        ],
      },
      {
        title: 'Transactions of people',
        panels: [
          budget('revocation'),
          {
            title: 'Until a transaction has its effect',
            description: '99 of 100, by kind, with those that were given up.',
            unit: 's',
            queries: [{expr: quantile(0.99, 'kind', 'vitalvault_transaction_duration_seconds'), legend: '{{kind}}'}],
          },
          {
            title: 'Transactions waited for in vain',
            description:
              'In no block in time, or the ledger could not be reached. Their outcome is unknown to who sent them.',
            unit: 'ops',
            queries: [
              {
                expr: rate('kind, error_type', 'vitalvault_transaction_duration_seconds_count', 'error_type!=""'),
                legend: '{{kind}}: {{error_type}}',
              },
            ],
          },
        ],
      },
    ],
  },
  {
    name: 'patients-told',
    title: 'VitalVault: are patients told?',
    description: 'From what happens to the alert that a patient sees.',
    rows: [
      {
        title: 'Alerts',
        panels: [
          budget('alerts'),
          {
            title: 'Alerts a second',
            description: 'Durable: in her list. Delivered: a webhook took it.',
            unit: 'ops',
            queries: [{expr: rate('phase', 'vitalvault_alert_delay_seconds_count'), legend: '{{phase}}'}],
          },
          {
            title: 'Until an alert is durable',
            description:
              'Thirty seconds are promised for 99 of 100. On an idle chain up to eleven of them are the age of a new block.',
            unit: 's',
            queries: spread('vitalvault_alert_delay_seconds', 'phase="durable"'),
          },
          {
            title: 'Until a webhook took it',
            description: 'With all tries: a receiver that is away for an hour makes an hour of it.',
            unit: 's',
            queries: spread('vitalvault_alert_delay_seconds', 'phase="delivered"'),
          },
        ],
      },
      {
        title: 'What waits',
        panels: [
          {
            title: 'Tries of webhooks, by how they ended',
            description: 'Failed: it is tried again. Given up: it is not; the alert is in her list.',
            unit: 'ops',
            queries: [{expr: rate('state', 'vitalvault_notify_tries_total'), legend: '{{state}}'}],
          },
          {
            title: 'Webhooks that are due',
            description: 'Their turn has come and their delivery has not begun; counted to 1,000.',
            unit: 'short',
            queries: [{expr: largest('namespace', 'vitalvault_notify_deliveries_due'), legend: 'due'}],
          },
          {
            title: 'First webhook that is due',
            description: 'How long. Above five minutes somebody is woken.',
            unit: 's',
            queries: [{expr: largest('namespace', 'vitalvault_notify_deliveries_age_seconds'), legend: 'age'}],
          },
          {
            title: 'Oldest message that notify has not taken',
            description: 'Of the topics of alerts and of ledger events.',
            unit: 's',
            queries: [
              {
                expr: largest('namespace', 'vitalvault_kafka_consumer_lag_age_seconds', 'program="notify"'),
                legend: 'age',
              },
            ],
          },
        ],
      },
    ],
  },
  {
    name: 'privacy',
    title: 'VitalVault: what was asked for and refused',
    description: 'By rule and never by person: who it was stands in the log of the patient concerned.',
    rows: [
      {
        title: 'Rules',
        panels: [
          {
            title: 'Refusals by code',
            description: 'Requests and calls of our services that were refused; docs/errors.md has the codes.',
            unit: 'ops',
            queries: [{expr: rate('program, code', 'vitalvault_refusals_total'), legend: '{{program}}: {{code}}'}],
          },
          {
            title: 'Transactions refused in blocks',
            description:
              'By the rule of the ledger. A request for access that is refused is in the log of its patient, and she is alerted.',
            unit: 'ops',
            queries: [
              {
                expr: `max by (code) (rate(${of('vitalvault_ledger_transactions_total', 'phase="executed", code!="ok"')}[$__rate_interval]))`,
                legend: '{{code}}',
              },
            ],
          },
          {
            title: 'Transactions refused before a block',
            description: 'By the rule. A rise of `quota` or of signatures that do not fit is somebody who tries.',
            unit: 'ops',
            queries: [
              {
                expr: rate('code', 'vitalvault_ledger_transactions_total', 'phase="checked", code!="ok"'),
                legend: '{{code}}',
              },
            ],
          },
          {
            title: 'Keys that left, and alerts that became durable',
            description: 'Each answer with keys has its alert first: the second is never below the first for long.',
            unit: 'ops',
            queries: [
              {expr: rate('namespace', 'vitalvault_release_delay_seconds_count'), legend: 'permits with keys'},
              {expr: rate('namespace', 'vitalvault_alert_delay_seconds_count', 'phase="durable"'), legend: 'alerts'},
            ],
          },
          {
            title: 'Misbehaviour of validators',
            description: 'Proofs on the ledger since the start of a process; anything but nothing wakes somebody.',
            unit: 'short',
            shape: 'number',
            queries: [{expr: largest('kind', 'vitalvault_ledger_misbehaviour_total'), legend: '{{kind}}'}],
          },
          {
            title: 'Messages set aside',
            description: 'They could not be taken and wait for a person.',
            unit: 'short',
            shape: 'number',
            queries: [{expr: largest('program', 'vitalvault_dead_letters'), legend: '{{program}}'}],
          },
          {
            title: 'Oldest message set aside',
            description: 'How long it has waited for a person. Above three days somebody is woken.',
            unit: 's',
            queries: [{expr: largest('program', 'vitalvault_dead_letters_age_seconds'), legend: '{{program}}'}],
          },
        ],
      },
    ],
  },
];
