export interface OtelSettings {
  /** host:port to listen on. */
  grpc: string;
  http: string;
  health: string;
  tracesFile: string;
}

/** The Collector: spans in by OTLP, out as OTLP JSON lines into one file. JSON is YAML. */
export function otelConfig(s: OtelSettings): string {
  const config = {
    receivers: {otlp: {protocols: {grpc: {endpoint: s.grpc}, http: {endpoint: s.http}}}},
    processors: {
      memory_limiter: {check_interval: '1s', limit_mib: 96, spike_limit_mib: 24},
      batch: {timeout: '200ms', send_batch_size: 512},
    },
    exporters: {file: {path: s.tracesFile, append: true, flush_interval: '200ms'}},
    extensions: {health_check: {endpoint: s.health}},
    service: {
      extensions: ['health_check'],
      pipelines: {traces: {receivers: ['otlp'], processors: ['memory_limiter', 'batch'], exporters: ['file']}},
      // Its own metrics would open a port of their own.
      telemetry: {metrics: {level: 'none'}, logs: {level: 'warn'}},
    },
  };
  return JSON.stringify(config, undefined, 2) + '\n';
}
