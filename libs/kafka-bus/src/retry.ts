import {JunkMessage, NewerMessage} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';

export interface RetryPolicy {
  /** Attempts before a consumer stops at a message that fails by itself. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = {attempts: 5, firstDelayMs: 100, maxDelayMs: 5_000};

/**
 * What to do after the `attempt`th failure (from 1). A dependency that is away is no fault of the message: that is
 * tried for ever. What its reader knows to be junk or newer is no other thing a moment later.
 * @returns milliseconds to wait before the next attempt, or `stop`
 */
export function afterFailure(error: unknown, attempt: number, policy: RetryPolicy): number | 'stop' {
  if (error instanceof JunkMessage || error instanceof NewerMessage) return 'stop';
  const transient = error instanceof DomainError && error.retryable;
  if (!transient && attempt >= policy.attempts) return 'stop';
  return Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** Math.min(attempt - 1, 20));
}
