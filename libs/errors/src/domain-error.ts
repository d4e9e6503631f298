import {CATALOGUE, PROBLEM_BASE, STATUS} from './catalogue.js';
import type {Category, Entry, ErrorCode} from './catalogue.js';

export interface ErrorContext {
  /** Which part, in public words: no plaintext, no key, no patient identifier. */
  readonly detail?: string;
  /** For logs and machines; the same rule. */
  readonly meta?: Readonly<Record<string, string | number>>;
  /** Default: what the catalogue says. */
  readonly retryAfterSeconds?: number;
  /** Internal; never leaves the process. */
  readonly cause?: unknown;
}

/**
 * An error of the catalogue. Refusals by rule are return values; this is thrown for what the caller did not ask for.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly detail: string | undefined;
  readonly meta: Readonly<Record<string, string | number>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ErrorCode,
    context: ErrorContext = {},
  ) {
    super(context.detail === undefined ? CATALOGUE[code].title : `${CATALOGUE[code].title} ${context.detail}`, {
      cause: context.cause,
    });
    this.detail = context.detail;
    this.meta = context.meta ?? {};
    const entry: Entry = CATALOGUE[code];
    this.retryAfterSeconds =
      context.retryAfterSeconds ?? (entry.category === 'unavailable' ? entry.retryAfterSeconds : undefined);
  }

  get category(): Category {
    return CATALOGUE[this.code].category;
  }

  get retryable(): boolean {
    return STATUS[this.category].retryable;
  }
}

/** RFC 9457 problem document. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail?: string;
  readonly remedy: string;
  readonly instance?: string;
  readonly meta?: Readonly<Record<string, string | number>>;
}

/** @param instance trace id of the request, if there is one. */
export function toProblem(error: DomainError, instance?: string): Problem {
  const entry = CATALOGUE[error.code];
  return {
    type: PROBLEM_BASE + error.code,
    title: entry.title,
    status: STATUS[entry.category].http,
    code: error.code,
    ...(error.detail === undefined ? {} : {detail: error.detail}),
    remedy: entry.remedy,
    ...(instance === undefined ? {} : {instance}),
    ...(Object.keys(error.meta).length === 0 ? {} : {meta: error.meta}),
  };
}

/** Whether `code` names an error of the catalogue. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(CATALOGUE, code);
}
