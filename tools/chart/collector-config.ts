import {otelConfig} from '@vitalvault/engine-config';
import {SPAN_ATTRIBUTES} from '@vitalvault/process';

const EVERYWHERE = '0.0.0.0';
const json = (value: unknown): string => JSON.stringify(value, undefined, 2) + '\n';

/** Whose process a span is of: our own words, and no id but the organisation's, which is public. */
const OF_A_PROCESS = [
  'service.name',
  'service.namespace',
  'service.instance.id',
  'vitalvault.organisation',
  'telemetry.sdk.language',
  'telemetry.sdk.name',
  'telemetry.sdk.version',
];

/** Hexadecimal of 12 bytes and more, CIDs, 32 bytes in base64url: as `withoutIds` knows them, in the words of RE2. */
const IDS = ['[0-9a-fA-F]{24,}', '\\bb[a-z2-7]{40,}', '\\bQm[1-9A-HJ-NP-Za-km-z]{40,}', '[0-9A-Za-z_-]{43,}'];

/**
 * The Collector of a release: spans in by OTLP; the list of attributes is held once more, before anything else sees
 * them; then all of them into the ring of files, and from `forward` on to whatever the values name.
 */
export function collectorConfig(): string {
  const {exporters, processors, service, ...rest} = JSON.parse(
    otelConfig({
      grpc: `${EVERYWHERE}:4317`,
      http: `${EVERYWHERE}:4318`,
      health: `${EVERYWHERE}:13133`,
      tracesFile: '/data/traces.jsonl',
    }),
  ) as {
    exporters: {file: Record<string, unknown>};
    processors: Record<string, unknown>;
    service: Record<string, unknown>;
  };
  // In a pod nobody empties the file, so it is rotated; the exporter cannot rotate what it appends to.
  const {append: _, ...file} = exporters.file;
  return json({
    ...rest,
    processors: {
      ...processors,
      redaction: {
        allow_all_keys: false,
        allowed_keys: SPAN_ATTRIBUTES,
        ignored_keys: OF_A_PROCESS,
        // An id that got into a value, a list of values among them.
        blocked_values: IDS,
        redact_all_types: true,
        summary: 'silent',
      },
    },
    connectors: {forward: {}},
    exporters: {file: {...file, rotation: {max_megabytes: 200, max_backups: 3}}},
    service: {
      ...service,
      pipelines: {
        traces: {receivers: ['otlp'], processors: ['memory_limiter', 'redaction'], exporters: ['forward']},
        'traces/file': {receivers: ['forward'], processors: ['batch'], exporters: ['file']},
      },
    },
  });
}

// The scope would be three labels more on every sample.
const READER = {pull: {exporter: {prometheus: {host: EVERYWHERE, port: 8888, without_scope_info: true}}}};

/** Laid over it when metrics are wanted: the Collector's own, and calls and durations by span. */
export function collectorMetrics(): string {
  return json({
    connectors: {
      spanmetrics: {
        dimensions: [{name: 'error.type'}],
        histogram: {
          unit: 's',
          explicit: {buckets: ['5ms', '25ms', '100ms', '250ms', '500ms', '1s', '2500ms', '5s', '10s', '30s']},
        },
        // One series for all processes of a service, and no more than so many in all.
        resource_metrics_key_attributes: ['service.name'],
        aggregation_cardinality_limit: 2_000,
        metrics_expiration: '15m',
        metrics_flush_interval: '15s',
      },
    },
    exporters: {prometheus: {endpoint: `${EVERYWHERE}:8889`, metric_expiration: '15m'}},
    service: {
      pipelines: {
        'traces/metrics': {receivers: ['forward'], exporters: ['spanmetrics']},
        metrics: {receivers: ['spanmetrics'], exporters: ['prometheus']},
      },
      telemetry: {metrics: {level: 'normal', readers: [READER]}},
    },
  });
}

const number = (key: string, least: number) => ({
  name: `refused by ${key}`,
  type: 'numeric_attribute',
  numeric_attribute: {key, min_value: least, max_value: Number.MAX_SAFE_INTEGER},
});

/** Policies of its tail sampling for what is always kept: failures, and refusals by service, rule and ledger. */
export function collectorKeeps(): string {
  return json([
    {name: 'failed', type: 'status_code', status_code: {status_codes: ['ERROR']}},
    {
      name: 'failed with a code',
      type: 'string_attribute',
      string_attribute: {key: 'error.type', values: ['.+'], enabled_regex_matching: true},
    },
    number('http.response.status_code', 400),
    number('vitalvault.code', 1),
    number('vitalvault.refused', 1),
  ]);
}
