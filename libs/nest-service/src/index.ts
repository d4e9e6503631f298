export {commonConfig, databaseConfig, kafkaConfig, setting, stopConfig} from './config/shared-settings.js';
export {ConfigError} from './config/config-error.js';
export {loadConfig} from './config/load-config.js';
export {variableOf} from './config/variable-of.js';
export {readCertificates, readSecret} from './config/read-secret.js';
export {grpcClient} from './grpc/grpc-client.js';
export type {GrpcClient} from './grpc/grpc-client.js';
export {fromGrpcError, toGrpcError} from './grpc/grpc-errors.js';
export {grpcOptions} from './grpc/grpc-options.js';
export type {RawBodyRequest} from './http/body-parsers.js';
export {createHttpService} from './http/create-http-service.js';
export type {HttpService, HttpServiceOptions} from './http/create-http-service.js';
export {ProblemFilter, toDomainError} from './http/problem-filter.js';
export {Readiness} from './http/readiness.js';
export type {ReadinessCheck} from './http/readiness.js';
export {runService} from './http/run-service.js';
export type {RunningService} from './http/run-service.js';
export {ZodBody, ZodParams, ZodPipe, ZodQuery} from './http/zod-pipe.js';
export {accessReason} from './http/access-reason.js';
export {createLogger} from './logging/create-logger.js';
export type {LogFields, Logger} from './logging/create-logger.js';
export {LOGGER} from './service.tokens.js';
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
export {contentDigest} from './signature/content-digest.js';
export {RequestSignatureGuard, SignedBy} from './signature/request-signature.guard.js';
export {signRequest} from './signature/sign-request.js';
export type {RequestToSign} from './signature/sign-request.js';
export {KEY_RESOLVER, NONCE_MEMORY, ORGANISATION} from './signature/signature-ports.js';
export type {Caller, KeyResolver, NonceMemory} from './signature/signature-ports.js';
export {verifyRequestSignature} from './signature/verify-request-signature.js';
export type {RequestToVerify, SignaturePolicy} from './signature/verify-request-signature.js';
export {databaseConnection} from './sql/database-connection.js';
export type {DatabaseSettings} from './sql/database-connection.js';
export {migrateDatabase} from './sql/migrate-database.js';
export {toDatabaseError} from './sql/to-database-error.js';
export {MigrationError, runMigrations} from './sql/run-migrations.js';
