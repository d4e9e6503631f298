import {isErrorCode} from '@vitalvault/errors';
import {SdkError} from '../sdk-error.js';

/** The error that a service's answer stands for: its problem document, or the bare status when it has none. */
export function errorOf(status: number, headers: Headers, body: string): SdkError {
  const retryAfterSeconds = retryAfter(headers.get('retry-after'));
  const problem = parse(body);
  if (problem === undefined || !isErrorCode(problem.code)) {
    return new SdkError('network', {status, retryAfterSeconds, detail: `HTTP ${status} without a problem document`});
  }
  return problemError(problem, status, retryAfterSeconds);
}

/** A problem document that stands inside an answer. */
export function problemError(problem: Record<string, unknown>, status?: number, retryAfterSeconds?: number): SdkError {
  return new SdkError(isErrorCode(problem['code']) ? problem['code'] : 'internal', {
    status: status ?? numberOf(problem['status']),
    detail: textOf(problem['detail']) ?? textOf(problem['title']),
    remedy: textOf(problem['remedy']),
    instance: textOf(problem['instance']),
    meta:
      typeof problem['meta'] === 'object' && problem['meta'] !== null
        ? (problem['meta'] as Record<string, unknown>)
        : {},
    retryAfterSeconds,
  });
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

function retryAfter(value: string | null): number | undefined {
  const seconds = Number(value);
  return value === null || !Number.isFinite(seconds) || seconds < 0 ? undefined : seconds;
}
