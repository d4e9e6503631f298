// Dashboards by part: storage, the ways between the services, each process.
import type {Dashboard} from './panel.ts';
import {largest, of, quantile, rate, spread} from './panel.ts';

const PROGRAM = 'program="$program"';

export const OF_PARTS: readonly Dashboard[] = [
  {
    name: 'storage',
    title: 'VitalVault: storage',
    description: 'Ciphertext on its way to IPFS, and the databases.',
    rows: [
      {
        title: 'Packs',
        panels: [
          {
            title: 'Packs that are not just kept',
            description: 'Failing: tried again after failures; look at the IPFS peers.',
            unit: 'short',
            queries: [{expr: largest('state', 'vitalvault_storage_packs'), legend: '{{state}}'}],
          },
          {
            title: 'From acknowledgement to stored',
            description: 'Until enough IPFS peers have it.',
            unit: 's',
            queries: spread('vitalvault_record_delay_seconds', 'phase="stored"'),
          },
          {
            title: 'IPFS, as storage sees it',
            description: 'Since when no peer (`ipfs`), or not every one (`ipfs-peers`), can take a pack.',
            unit: 's',
            queries: [{expr: largest('part', 'vitalvault_degraded_seconds', 'part=~"ipfs.*"'), legend: '{{part}}'}],
          },
          {
            title: 'Packs with too few copies',
            description:
              'By the word of the peers that should hold them. Nowhere: no peer does, and somebody is woken.',
            unit: 'short',
            queries: [{expr: largest('state', 'vitalvault_storage_packs_short'), legend: '{{state}}'}],
          },
          {
            title: 'Room of the fullest IPFS peer',
            description: 'Below its bound. At 0 it takes no more packs.',
            unit: 'bytes',
            queries: [{expr: `min by (namespace) (${of('vitalvault_storage_ipfs_free_bytes')})`, legend: 'left'}],
          },
        ],
      },
      {
        title: 'IPFS Cluster, by itself',
        panels: [
          {
            title: 'Pins',
            description: 'That each peer knows of; the same at all of them, or one does not follow.',
            unit: 'short',
            queries: [{expr: largest('instance', 'ipfscluster_pins'), legend: '{{instance}}'}],
          },
          {
            title: 'Pins that are not pinned',
            description: 'Of each peer: waiting, under way, failed. Failed ones are tried again each minute.',
            unit: 'short',
            queries: [
              {expr: largest('instance', 'ipfscluster_pins_pin_queued'), legend: '{{instance}} waiting'},
              {expr: largest('instance', 'ipfscluster_pins_pinning'), legend: '{{instance}} under way'},
              {expr: largest('instance', 'ipfscluster_pins_pin_error'), legend: '{{instance}} failed'},
            ],
          },
        ],
      },
      {
        title: 'Volumes',
        panels: [
          {
            title: 'Left of the volumes',
            description:
              'By claim, as the kubelet has it; empty on one machine. A ticket below 15 %, a page below 5 %.',
            unit: 'percentunit',
            queries: [
              {
                expr: `min by (persistentvolumeclaim) (${of('kubelet_volume_stats_available_bytes')} / ${of('kubelet_volume_stats_capacity_bytes')})`,
                legend: '{{persistentvolumeclaim}}',
              },
            ],
          },
        ],
      },
      {
        title: 'Databases',
        panels: [
          {
            title: 'Size',
            description: 'Of the database of each service.',
            unit: 'bytes',
            queries: [{expr: largest('program', 'vitalvault_database_size_bytes'), legend: '{{program}}'}],
          },
          {
            title: 'Connections',
            description: 'Of the whole server, share of those that there may be. A ticket from 85 % on.',
            unit: 'percentunit',
            queries: [
              {
                expr: `max by (program) (${of('vitalvault_database_connections')} / ${of('vitalvault_database_connections_ceiling')})`,
                legend: '{{program}}',
              },
            ],
          },
          {
            title: 'Oldest open transaction',
            description:
              'That the service may see. What it holds others wait for; a ticket from a quarter of an hour on.',
            unit: 's',
            queries: [{expr: largest('program', 'vitalvault_database_transaction_age_seconds'), legend: '{{program}}'}],
          },
        ],
      },
    ],
  },
  {
    name: 'pipeline',
    title: 'VitalVault: between the services',
    description: 'Kafka, outboxes, followers and calls.',
    rows: [
      {
        title: 'Kafka',
        panels: [
          {
            title: 'Oldest message not taken',
            description: 'By who takes it. Above two minutes somebody is woken.',
            unit: 's',
            queries: [{expr: largest('program', 'vitalvault_kafka_consumer_lag_age_seconds'), legend: '{{program}}'}],
          },
          {
            title: 'Messages not taken',
            description: 'All partitions and replicas together.',
            unit: 'short',
            queries: [{expr: largest('program', 'vitalvault_kafka_consumer_lag'), legend: '{{program}}'}],
          },
          {
            title: 'Partitions with too few copies',
            description:
              'Of the topics that are taken, fewer copies in step than there should be. Kafka itself shows more: its own exporter.',
            unit: 'short',
            queries: [{expr: largest('program', 'vitalvault_kafka_under_replicated'), legend: '{{program}}'}],
          },
          {
            title: 'Messages in the queue for Kafka',
            description: 'Being prepared, waiting or on their way.',
            unit: 'short',
            queries: [{expr: largest('program', 'vitalvault_kafka_send_queue_messages'), legend: '{{program}}'}],
          },
          {
            title: 'Oldest message that Kafka has not acknowledged',
            description: 'Of the queue in memory; a post waits for it.',
            unit: 's',
            queries: [{expr: largest('program', 'vitalvault_kafka_send_queue_age_seconds'), legend: '{{program}}'}],
          },
          {
            title: 'Oldest message of an outbox',
            description: 'Kept with its fact in the database. Above two minutes somebody is woken.',
            unit: 's',
            queries: [{expr: largest('program', 'vitalvault_outbox_age_seconds'), legend: '{{program}}'}],
          },
          {
            title: 'Messages of an outbox',
            description: 'Counted to 10,000.',
            unit: 'short',
            queries: [{expr: largest('program', 'vitalvault_outbox_messages'), legend: '{{program}}'}],
          },
        ],
      },
      {
        title: 'Followers of the ledger',
        panels: [
          {
            title: 'Blocks behind',
            description: 'Of the highest validator here.',
            unit: 'short',
            queries: [
              {
                expr: `scalar(max(${of('vitalvault_ledger_height')})) - min by (program) (${of('vitalvault_follower_height')})`,
                legend: '{{program}}',
              },
            ],
          },
          {
            title: 'Age of the newest block followed',
            description: 'An idle chain has one each ten seconds.',
            unit: 's',
            queries: [{expr: largest('program', 'vitalvault_follower_block_age_seconds'), legend: '{{program}}'}],
          },
          {
            title: 'Places where a follower stands',
            description: 'It cannot take what comes next, and skips nothing. Anything but 0 wakes somebody.',
            unit: 'short',
            queries: [{expr: largest('program, part', 'vitalvault_follower_stopped'), legend: '{{program}} {{part}}'}],
          },
        ],
      },
      {
        title: 'Calls between services',
        panels: [
          {
            title: 'Calls made, 99 of 100',
            description: 'As the caller sees it.',
            unit: 's',
            queries: [
              {expr: quantile(0.99, 'rpc_method', 'rpc_client_call_duration_seconds'), legend: '{{rpc_method}}'},
            ],
          },
          {
            title: 'Calls answered, 99 of 100',
            description: 'As the one who answers sees it; much less than the caller sees: the way between is slow.',
            unit: 's',
            queries: [
              {expr: quantile(0.99, 'rpc_method', 'rpc_server_call_duration_seconds'), legend: '{{rpc_method}}'},
            ],
          },
          {
            title: 'Calls that failed',
            description: 'By status, as the caller sees it.',
            unit: 'ops',
            queries: [
              {
                expr: rate(
                  'rpc_method, rpc_response_status_code',
                  'rpc_client_call_duration_seconds_count',
                  'rpc_response_status_code!="OK"',
                ),
                legend: '{{rpc_method}}: {{rpc_response_status_code}}',
              },
            ],
          },
        ],
      },
    ],
  },
  {
    name: 'processes',
    title: 'VitalVault: one program',
    description: 'Each process of the chosen program.',
    byProgram: true,
    rows: [
      {
        title: 'At work',
        panels: [
          {
            title: 'Ready',
            description: '0: it cannot do its work; /readyz says why.',
            unit: 'bool',
            shape: 'number',
            queries: [{expr: largest('instance', 'vitalvault_ready', PROGRAM), legend: '{{instance}}'}],
          },
          {
            title: 'What it waits for',
            description: 'And how long; empty: for nothing.',
            unit: 's',
            queries: [{expr: largest('part', 'vitalvault_degraded_seconds', PROGRAM), legend: '{{part}}'}],
          },
          {
            title: 'Certificates end in',
            description:
              'Of Kafka and PostgreSQL, where TLS is set; empty: it is not. A ticket at six days, a page at two.',
            unit: 's',
            queries: [
              {
                expr: `min by (part, kind) (${of('vitalvault_certificate_remaining_seconds', PROGRAM)})`,
                legend: '{{part}} {{kind}}',
              },
            ],
          },
          {
            title: 'Runs since',
            description: 'A fall to 0 is a restart.',
            unit: 's',
            queries: [{expr: largest('instance', 'process_uptime_seconds', PROGRAM), legend: '{{instance}}'}],
          },
        ],
      },
      {
        title: 'Requests',
        panels: [
          {
            title: 'Requests by route and status',
            description: 'At its public door.',
            unit: 'reqps',
            queries: [
              {
                expr: rate(
                  'http_request_method, http_route, http_response_status_code',
                  'http_server_request_duration_seconds_count',
                  PROGRAM,
                ),
                legend: '{{http_request_method}} {{http_route}} {{http_response_status_code}}',
              },
            ],
          },
          {
            title: 'Time of a request, 99 of 100',
            description: 'By route.',
            unit: 's',
            queries: [
              {
                expr: quantile(0.99, 'http_route', 'http_server_request_duration_seconds', PROGRAM),
                legend: '{{http_route}}',
              },
            ],
          },
          {
            title: 'Requests under way',
            description: 'A rise without more requests: something that they wait for is slow.',
            unit: 'short',
            queries: [{expr: largest('instance', 'http_server_active_requests', PROGRAM), legend: '{{instance}}'}],
          },
        ],
      },
      {
        title: 'Node',
        panels: [
          {
            title: 'Processor',
            description: '1: a whole core.',
            unit: 'percentunit',
            queries: [
              {
                expr: rate('instance, cpu_mode', 'process_cpu_time_seconds_total', PROGRAM),
                legend: '{{instance}} {{cpu_mode}}',
              },
            ],
          },
          {
            title: 'Memory',
            description: 'Resident, and the heap in it.',
            unit: 'bytes',
            queries: [
              {expr: largest('instance', 'process_memory_usage_bytes', PROGRAM), legend: '{{instance}} resident'},
              {expr: largest('instance', 'v8js_memory_heap_used_bytes', PROGRAM), legend: '{{instance}} heap'},
            ],
          },
          {
            title: 'Heap in use',
            description: 'Share of the most that it may be; at its end the process ends.',
            unit: 'percentunit',
            queries: [
              {
                expr: `max by (instance) (${of('v8js_memory_heap_used_bytes', PROGRAM)} / ${of('v8js_memory_heap_max_bytes', PROGRAM)})`,
                legend: '{{instance}}',
              },
            ],
          },
          {
            title: 'Event loop, busy',
            description: 'Near 1 all requests wait for one another.',
            unit: 'percentunit',
            queries: [
              {expr: largest('instance', 'nodejs_eventloop_utilization_ratio', PROGRAM), legend: '{{instance}}'},
            ],
          },
          {
            title: 'Event loop, delay',
            description: 'What each request pays; half, 99 of 100, and the longest since the last look.',
            unit: 's',
            queries: [
              {expr: largest('instance', 'nodejs_eventloop_delay_p50_seconds', PROGRAM), legend: '{{instance}} half'},
              {
                expr: largest('instance', 'nodejs_eventloop_delay_p99_seconds', PROGRAM),
                legend: '{{instance}} 99 of 100',
              },
              {
                expr: largest('instance', 'nodejs_eventloop_delay_max_seconds', PROGRAM),
                legend: '{{instance}} longest',
              },
            ],
          },
        ],
      },
    ],
  },
];
