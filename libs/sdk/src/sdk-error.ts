import {remedyOf} from './sdk-errors.js';
import type {SdkCode} from './sdk-errors.js';

export interface SdkErrorContext {
  detail?: string | undefined;
  /** HTTP status, when a service answered. */
  status?: number | undefined;
  /** What the caller can do, as a service said it; default: as the tables say. */
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
  /** What the caller can do. Every code has one. */
  readonly remedy: string;
  readonly instance: string | undefined;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: SdkCode,
    context: SdkErrorContext = {},
  ) {
    super(context.detail === undefined ? code : `${code}: ${context.detail}`, {cause: context.cause});
    this.detail = context.detail;
    this.status = context.status;
    this.remedy = context.remedy ?? remedyOf(code);
    this.instance = context.instance;
    this.meta = context.meta ?? {};
    this.retryAfterSeconds = context.retryAfterSeconds;
  }
}

/** Whether nobody answered, or somebody who has no time now: another try may do. */
export function isAway({code, status}: SdkError): boolean {
  return code === 'network' || status === 503 || status === 429;
}
