/**
 * All that a line of a log or a span of ours may say, by name; what metrics may say stands in their catalogue. Whoever
 * runs a part reads them, and so may whoever keeps them: counts, heights, places and names of parts are here; nobody's
 * id is, no record's, transaction's or block of ciphertext's, no key and no plaintext (docs/adr/0049). What has no name
 * here cannot be told by accident.
 */

/** Beside the message, its level and time, and `error`. */
export const LOG_FIELDS = [
  'appHash',
  'at',
  'attempt',
  'blocks',
  'bytes',
  'code',
  'connections',
  'count',
  'durationMs',
  'entries',
  'failed',
  'file',
  'group',
  'height',
  'index',
  'kind',
  'lag',
  'method',
  'migration',
  'offset',
  'organisation',
  'part',
  'partition',
  'peer',
  'reason',
  'records',
  'signal',
  'socket',
  'state',
  'status',
  'topic',
  'url',
  'validator',
  'version',
  'waiting',
  // Two lines about one thing, by `nameHere`.
  'which',
] as const;
export type LogField = (typeof LOG_FIELDS)[number];

/** Fields whose value is an id of the consortium's: public, and nobody's. */
export const PUBLIC_IDS: ReadonlySet<string> = new Set<LogField>(['appHash', 'group', 'organisation', 'validator']);

/** Ours have one prefix; the others are OpenTelemetry's semantic conventions. */
export const SPAN_ATTRIBUTES = [
  'error.type',
  'http.request.method',
  'http.response.status_code',
  // The pattern, never the path.
  'http.route',
  'messaging.batch.message_count',
  'messaging.destination.name',
  'messaging.operation.type',
  'messaging.system',
  'rpc.method',
  'rpc.service',
  'rpc.system',
  // Of our own parts.
  'server.address',
  'vitalvault.anchored',
  'vitalvault.attempt',
  'vitalvault.bytes',
  'vitalvault.code',
  'vitalvault.entries',
  'vitalvault.height',
  'vitalvault.later',
  'vitalvault.outcome',
  'vitalvault.peer',
  'vitalvault.records',
  'vitalvault.refused',
  'vitalvault.replicas_wanted',
  'vitalvault.transactions',
  'vitalvault.tx_count',
  // As in the log.
  'vitalvault.which',
] as const;
export type SpanAttribute = (typeof SPAN_ATTRIBUTES)[number];
