import {context, trace} from '@opentelemetry/api';
import {DomainError} from '@vitalvault/errors';
import {pino} from 'pino';
import type {DestinationStream} from 'pino';

/**
 * The only fields that reach a log line. No identity of a patient or device, no record, no key, no plaintext has a name
 * here, so none can be logged by accident: a field that is not listed is dropped and its name is told.
 */
const ALLOWED = [
  'appHash',
  'at',
  'attempt',
  'blocks',
  'bytes',
  'category',
  'cid',
  'code',
  'connections',
  'count',
  'durationMs',
  'entries',
  'failed',
  'file',
  'fromHeight',
  'group',
  'height',
  'host',
  'index',
  'kind',
  'lag',
  'messageId',
  'method',
  'migration',
  'offset',
  'organisation',
  'page',
  'part',
  'partition',
  'peer',
  'port',
  'reason',
  'records',
  'replicas',
  'route',
  'root',
  'service',
  'signal',
  'socket',
  'state',
  'status',
  'step',
  'topic',
  'txHash',
  'txId',
  'url',
  'validator',
  'version',
  'waiting',
] as const;
const allowed: ReadonlySet<string> = new Set(ALLOWED);

export type LogFields = Partial<Record<(typeof ALLOWED)[number], string | number | bigint | boolean | undefined>> & {
  readonly error?: unknown;
};

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** One JSON object per line on stdout, with the trace id of the active span. */
export function createLogger(options: {service: string; level?: string; destination?: DestinationStream}): Logger {
  const sink = pino(
    {
      level: options.level ?? 'info',
      base: {service: options.service, pid: process.pid},
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {level: (label) => ({level: label})},
    },
    options.destination ?? pino.destination({dest: 1, sync: true}),
  );
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}): void => {
      if (sink.isLevelEnabled(level)) sink[level](linesOf(fields), message);
    };
  return {debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error')};
}

function linesOf(fields: LogFields): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const dropped: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (name === 'error') out['error'] = describeError(value);
    else if (allowed.has(name)) out[name] = typeof value === 'bigint' ? value.toString() : value;
    else dropped.push(name);
  }
  if (dropped.length > 0) out['droppedFields'] = dropped;
  const span = trace.getSpan(context.active())?.spanContext();
  if (span !== undefined) Object.assign(out, {trace_id: span.traceId, span_id: span.spanId});
  return out;
}

const MAX_TEXT = 500;

function describeError(error: unknown, depth = 0): unknown {
  if (error instanceof DomainError) {
    return {name: error.name, code: error.code, message: error.message, ...error.meta, ...causeOf(error, depth)};
  }
  if (error instanceof Error) {
    const code =
      'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? {code: error.code} : {};
    return {name: error.name, ...code, message: wordsOf(error), stack: frames(error), ...causeOf(error, depth)};
  }
  return {name: typeof error, message: String(error).slice(0, MAX_TEXT)};
}

// A JSON parser quotes what it cannot read: a body of somebody's, or a file of a key.
const wordsOf = (error: Error): string =>
  error instanceof SyntaxError || error.name === 'SyntaxError' ? 'not well formed' : error.message.slice(0, MAX_TEXT);
const causeOf = (error: Error, depth: number): object =>
  error.cause === undefined || depth > 2 ? {} : {cause: describeError(error.cause, depth + 1)};
const frames = (error: Error): string[] =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 6)
    .map((line) => line.trim());
