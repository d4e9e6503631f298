import {contextOf, currentTraceparent, failSpan, formatTraceparent, startSpan} from '@vitalvault/process';
import type {NewAlert} from '../domain/alert.js';

/** An alert with the span of its queueing, which its deliveries continue. */
export interface TracedAlert {
  readonly alert: NewAlert;
  readonly traceparent: string;
}

export interface ToldAlert {
  readonly alert: NewAlert;
  /** Trace of whoever told; undefined: the active one. */
  readonly cause: string | undefined;
}

/** Runs `queue` with a span for each alert in the trace that its cause belongs to. */
export async function withAlertSpans<T>(
  told: readonly ToldAlert[],
  queue: (alerts: readonly TracedAlert[]) => Promise<T>,
): Promise<T> {
  const spans = told.map(({cause}) =>
    startSpan('notify.queue_alert', {parent: contextOf(cause ?? currentTraceparent())}),
  );
  try {
    return await queue(
      told.flatMap(({alert}, index) => {
        const span = spans[index];
        return span === undefined ? [] : [{alert, traceparent: formatTraceparent(span.spanContext())}];
      }),
    );
  } catch (error) {
    for (const span of spans) failSpan(span, error);
    throw error;
  } finally {
    for (const span of spans) span.end();
  }
}
