import type {ErrorCode} from '@vitalvault/errors';

/** What the SDK itself finds wrong; every other code comes from a service's problem document (docs/errors.md). */
export type SdkOnlyCode =
  | 'network'
  | 'invalid-argument'
  | 'answer-malformed'
  | 'untrusted-header'
  | 'stale-header'
  | 'proof-invalid'
  | 'log-incomplete'
  | 'log-older-than-known'
  | 'log-forked'
  | 'headers-differ'
  | 'one-organisation'
  | 'config-refused'
  | 'epoch-missing'
  | 'schema'
  | 'record-too-large'
  | 'part-refused'
  | 'unknown-grantee'
  | 'grantee-is-organisation'
  | 'unknown-type'
  | 'receipt-invalid'
  | 'wraps-missing';

export interface SdkErrorContext {
  detail?: string | undefined;
  /** HTTP status, when a service answered. */
  status?: number | undefined;
  /** What the caller can do, from the error catalogue. */
  remedy?: string | undefined;
  /** Trace id of the refused request. */
  instance?: string | undefined;
  meta?: Readonly<Record<string, unknown>> | undefined;
  retryAfterSeconds?: number | undefined;
  cause?: unknown;
}

/** Anything that the SDK could not do: a service's refusal with its code, or a check of ours that failed. */
export class SdkError extends Error {
  override readonly name = 'SdkError';
  readonly detail: string | undefined;
  readonly status: number | undefined;
  readonly remedy: string | undefined;
  readonly instance: string | undefined;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ErrorCode | SdkOnlyCode,
    context: SdkErrorContext = {},
  ) {
    super(context.detail === undefined ? code : `${code}: ${context.detail}`, {cause: context.cause});
    this.detail = context.detail;
    this.status = context.status;
    this.remedy = context.remedy;
    this.instance = context.instance;
    this.meta = context.meta ?? {};
    this.retryAfterSeconds = context.retryAfterSeconds;
  }
}
