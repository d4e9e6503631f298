import {DomainError} from '@vitalvault/errors';

export interface RetryPolicy {
  /** Attempts before a message that fails by itself is put aside. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = {attempts: 5, firstDelayMs: 100, maxDelayMs: 5_000};

/**
 * What to do after the `attempt`th failure (from 1). A dependency that is away is no fault of the message: that is
 * tried for ever.
 * @returns milliseconds to wait before the next attempt, or `dead-letter`
 */
export function afterFailure(error: unknown, attempt: number, policy: RetryPolicy): number | 'dead-letter' {
  const transient = error instanceof DomainError && error.retryable;
  if (!transient && attempt >= policy.attempts) return 'dead-letter';
  return Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** Math.min(attempt - 1, 20));
}

/**
 * Short reason of a failure, for the header of a dead letter: a code or a name, never a message, which may carry
 * content.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof DomainError) return error.code;
  return error instanceof Error ? error.name : 'error';
}
