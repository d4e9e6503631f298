// What a process without NestJS takes too (the ABCI application, adapters): configuration, logs, telemetry.
export {commonConfig, databaseConfig, kafkaConfig, setting, stopConfig} from './config/shared-settings.js';
export {ConfigError} from './config/config-error.js';
export {loadConfig} from './config/load-config.js';
export {openToOthers} from './config/open-to-others.js';
export {variableOf} from './config/variable-of.js';
export {readCertificates, readSecret} from './config/read-secret.js';
export {accessReason} from './http/access-reason.js';
export {createLogger} from './logging/create-logger.js';
export type {LogFields, Logger} from './logging/create-logger.js';
export {startTelemetry} from './telemetry/start-telemetry.js';
export type {Telemetry} from './telemetry/start-telemetry.js';
export {
  contextOf,
  currentTraceId,
  currentTraceparent,
  extractContext,
  formatTraceparent,
  injectHeaders,
  linksTo,
  parseTraceparent,
} from './telemetry/trace-context.js';
export type {HeaderBag} from './telemetry/trace-context.js';
export {failSpan, startSpan, withSpan} from './telemetry/with-span.js';
export type {SpanOptions} from './telemetry/with-span.js';
