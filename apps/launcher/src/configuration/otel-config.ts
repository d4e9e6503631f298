export interface OtelSettings {
  grpcPort: number;
  httpPort: number;
  healthPort: number;
  tracesFile: string;
}

/** The Collector: spans in by OTLP, out as OTLP JSON lines into one file. JSON is YAML. */
export function otelConfig(s: OtelSettings): string {
  const local = (port: number) => `127.0.0.1:${String(port)}`;
  const config = {
    receivers: {otlp: {protocols: {grpc: {endpoint: local(s.grpcPort)}, http: {endpoint: local(s.httpPort)}}}},
    processors: {
      memory_limiter: {check_interval: '1s', limit_mib: 96, spike_limit_mib: 24},
      batch: {timeout: '200ms', send_batch_size: 512},
    },
    exporters: {file: {path: s.tracesFile, append: true, flush_interval: '200ms'}},
    extensions: {health_check: {endpoint: local(s.healthPort)}},
    service: {
      extensions: ['health_check'],
      pipelines: {traces: {receivers: ['otlp'], processors: ['memory_limiter', 'batch'], exporters: ['file']}},
      // Its own metrics would open a port of their own.
      telemetry: {metrics: {level: 'none'}, logs: {level: 'warn'}},
    },
  };
  return JSON.stringify(config, undefined, 2) + '\n';
}
