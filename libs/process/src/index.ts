export {ConfigError} from './config/config-error.js';
export {loadConfig} from './config/load-config.js';
export {readCertificates, readSecret} from './config/read-secret.js';
export {
  addressConfig,
  commonConfig,
  databaseConfig,
  kafkaConfig,
  processConfig,
  setting,
  stopConfig,
} from './config/shared-settings.js';
export {variableOf} from './config/variable-of.js';
export {accessReason} from './health/access-reason.js';
export {BackgroundWork} from './health/background-work.js';
export {clockReason} from './health/clock-reason.js';
export {DeadLettersFull} from './health/dead-letter.js';
export type {DeadLetter, Letter, LetterBytes, LettersWaiting, SetAsideOrder} from './health/dead-letter.js';
export {faultName} from './health/fault-name.js';
export {Readiness} from './health/readiness.js';
export type {Finding} from './health/finding.js';
export type {Degradation, Need, ReadinessCheck} from './health/readiness.js';
export {Standstill} from './health/standstill.js';
export type {StandingPlace} from './health/standstill.js';
export {PositionMoved} from './health/topic-position.js';
export type {Advance, TopicPosition} from './health/topic-position.js';
export {openToOthers} from './keys/open-to-others.js';
export {readKeyFile} from './keys/read-key-file.js';
export type {ServiceKey} from './keys/read-key-file.js';
export {acceptsEd25519} from './keys/accepts-ed25519.js';
export {readOwnGenesis} from './keys/read-own-genesis.js';
export {readOwnKey} from './keys/read-own-key.js';
export {createLogger} from './logging/create-logger.js';
export type {LogFields, Logger} from './logging/create-logger.js';
export {sha256Text, streamingSha256} from './sha256-text.js';
export {startManagement} from './management/start-management.js';
export type {Management} from './management/start-management.js';
export {METRICS, METRIC_GROUPS} from './metrics/catalogue.js';
export {GRPC_STATUS, HTTP_METHODS} from './metrics/door-metrics.js';
export {balance, counter, histogram, observe, recently} from './metrics/instruments.js';
export type {LabelsOf, MetricName} from './metrics/instruments.js';
export {LABELS, mostSeries, prometheusName} from './metrics/metric.js';
export type {Bound, Metric} from './metrics/metric.js';
export {startMetrics} from './metrics/start-metrics.js';
export type {Metrics} from './metrics/start-metrics.js';
export {Opened} from './run/opened.js';
export {runProgram} from './run/run-program.js';
export type {Host, ProcessSettings} from './run/run-program.js';
export {runService} from './run/run-service.js';
export type {RunningService} from './run/run-service.js';
export {TokenBuckets} from './token-buckets.js';
export type {BucketRate, Demand} from './token-buckets.js';
export {watchedTls} from './tls/watched-tls.js';
export type {WatchedTls} from './tls/watched-tls.js';
export {startTelemetry} from './telemetry/start-telemetry.js';
export type {Telemetry} from './telemetry/start-telemetry.js';
export {
  contextOf,
  currentTraceId,
  currentTraceparent,
  extractContext,
  formatTraceparent,
  injectHeaders,
  linkToStranger,
  linksTo,
  parseTraceparent,
} from './telemetry/trace-context.js';
export type {HeaderBag} from './telemetry/trace-context.js';
export {nameHere} from './telling/name-here.js';
export {SPAN_ATTRIBUTES} from './telling/told-fields.js';
export {failSpan, startSpan, withSpan} from './telemetry/with-span.js';
export type {SpanOptions} from './telemetry/with-span.js';
