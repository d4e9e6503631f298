import {context, trace} from '@opentelemetry/api';
import {pino} from 'pino';
import type {DestinationStream} from 'pino';
import {describeError} from '../telling/describe-error.js';
import {notTold} from '../telling/not-told.js';
import {LOG_FIELDS, PUBLIC_IDS} from '../telling/told-fields.js';
import type {LogField} from '../telling/told-fields.js';
import {withoutIds} from '../telling/without-ids.js';
import type {Level, LogLevel} from './log-level.js';

const allowed: ReadonlySet<string> = new Set(LOG_FIELDS);

/** Only fields that are listed reach a line; any other is dropped and its name is told. */
export type LogFields = Partial<Record<LogField, string | number | bigint | boolean | undefined>> & {
  readonly error?: unknown;
};

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/**
 * One JSON object per line on stdout, with the trace id of the active span.
 * @param options.level default info; a `LogLevel` may change while it logs
 */
export function createLogger(options: {
  service: string;
  level?: string | LogLevel;
  destination?: DestinationStream;
}): Logger {
  const {level = 'info'} = options;
  const current = typeof level === 'string' ? () => level : () => level.current;
  const sink = pino(
    {
      level: current(),
      base: {service: options.service, pid: process.pid},
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {level: (label) => ({level: label})},
    },
    options.destination ?? pino.destination({dest: 1, sync: true}),
  );
  const write =
    (level: Level) =>
    (message: string, fields: LogFields = {}): void => {
      // Set, it makes its methods anew.
      if (sink.level !== current()) sink.level = current();
      if (sink.isLevelEnabled(level)) sink[level](linesOf(fields), withoutIds(message));
    };
  return {debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error')};
}

function linesOf(fields: LogFields): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const dropped: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (name === 'error') out['error'] = describeError(value);
    else if (allowed.has(name)) out[name] = plain(name, value);
    else dropped.push(name);
  }
  if (dropped.length > 0) {
    notTold(`the field ${dropped.join(', ')} of a log line`);
    out['droppedFields'] = dropped;
  }
  const span = trace.getSpan(context.active())?.spanContext();
  if (span !== undefined) Object.assign(out, {trace_id: span.traceId, span_id: span.spanId});
  return out;
}

function plain(name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'string' || PUBLIC_IDS.has(name)) return value;
  const text = withoutIds(value);
  // A reason may be words of a foreign error.
  if (text !== value && name !== 'reason') notTold(`an id in the field ${name} of a log line`);
  return text;
}
