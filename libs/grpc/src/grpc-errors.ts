import {Metadata, status} from '@grpc/grpc-js';
import type {ServiceError} from '@grpc/grpc-js';
import {DomainError, STATUS, isErrorCode} from '@vitalvault/errors';
import type {ErrorCode, ErrorContext} from '@vitalvault/errors';

const CODE_KEY = 'vv-error';
// "-bin" keys may carry any bytes; the context is small and public (see ErrorContext).
const CONTEXT_KEY = 'vv-error-context-bin';

const AWAY: readonly number[] = [
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.CANCELLED,
  status.RESOURCE_EXHAUSTED,
];
/** Of a call that ended without a word of the other side, the client makes INTERNAL. @spec grpc-js, subchannel-call */
const BROKEN_OFF = /^Received RST_STREAM /;

/** Status of a gRPC answer for an error of ours; the code travels in the metadata `vv-error`. */
export function toGrpcError(error: DomainError): Partial<ServiceError> {
  const metadata = new Metadata();
  metadata.set(CODE_KEY, error.code);
  const {detail, meta, retryAfterSeconds} = error;
  metadata.set(CONTEXT_KEY, Buffer.from(JSON.stringify({detail, meta, retryAfterSeconds})));
  return {code: STATUS[error.category].grpc, details: error.message, message: error.message, metadata};
}

/**
 * Error of a gRPC call as ours: what the other side said, if it is one of ours; `unavailable` if it could not be asked
 * or did not answer in time; `internal` otherwise.
 */
export function fromGrpcError(error: ServiceError, unavailable: ErrorCode): DomainError {
  const code = error.metadata.get(CODE_KEY)[0];
  if (isErrorCode(code)) return new DomainError(code, {...contextOf(error.metadata), cause: error});
  const away = AWAY.includes(error.code) || BROKEN_OFF.test(error.details);
  return new DomainError(away ? unavailable : 'internal', {cause: error});
}

function contextOf(metadata: Metadata): ErrorContext {
  const raw = metadata.get(CONTEXT_KEY)[0];
  if (!Buffer.isBuffer(raw)) return {};
  try {
    const value = JSON.parse(raw.toString('utf8')) as {detail?: unknown; meta?: unknown; retryAfterSeconds?: unknown};
    return {
      ...(typeof value.detail === 'string' ? {detail: value.detail} : {}),
      ...(typeof value.retryAfterSeconds === 'number' ? {retryAfterSeconds: value.retryAfterSeconds} : {}),
      ...(typeof value.meta === 'object' && value.meta !== null
        ? {meta: value.meta as Record<string, string | number>}
        : {}),
    };
  } catch {
    return {};
  }
}
