import {SpanKind, SpanStatusCode, context, trace} from '@opentelemetry/api';
import type {Attributes, Context, Link, Span} from '@opentelemetry/api';
import {DomainError} from '@vitalvault/errors';
import type {SpanAttribute} from '../telling/told-fields.js';

export interface SpanOptions {
  /** Default: internal. */
  readonly kind?: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  /** Those that are listed; spans leave the trust domain of the patient. */
  readonly attributes?: Readonly<Partial<Record<SpanAttribute, Attributes[string]>>>;
  /** Default: the active context. */
  readonly parent?: Context;
  readonly links?: Link[];
  readonly startTime?: Date;
}

const KIND = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

/** Runs `run` inside a span; what it throws is recorded by its code and thrown on. */
export async function withSpan<T>(name: string, options: SpanOptions, run: (span: Span) => Promise<T> | T): Promise<T> {
  const parent = options.parent ?? context.active();
  const span = startSpan(name, {...options, parent});
  try {
    return await context.with(trace.setSpan(parent, span), () => run(span));
  } catch (error) {
    failSpan(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** A span that the caller ends. */
export function startSpan(name: string, options: SpanOptions): Span {
  return trace
    .getTracer('vitalvault')
    .startSpan(
      name,
      {
        kind: KIND[options.kind ?? 'internal'],
        ...(options.attributes === undefined ? {} : {attributes: options.attributes}),
        ...(options.links === undefined ? {} : {links: options.links}),
        ...(options.startTime === undefined ? {} : {startTime: options.startTime}),
      },
      options.parent ?? context.active(),
    );
}

// The code, not the message: messages of foreign libraries may carry values.
export function failSpan(span: Span, error: unknown): void {
  const type = error instanceof DomainError ? error.code : error instanceof Error ? error.name : 'error';
  span.setAttribute('error.type', type);
  span.setStatus({code: SpanStatusCode.ERROR, message: type});
}
