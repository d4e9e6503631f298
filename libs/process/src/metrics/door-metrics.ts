import {CATALOGUE} from '@vitalvault/errors';
import type {ErrorCode} from '@vitalvault/errors';
import type {Metric} from './metric.js';

/** Seconds: of a request that a person or a device waits for. */
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
const ERROR_CODES = Object.keys(CATALOGUE) as ErrorCode[];

/** As the conventions have it: what is none of these, and may be anybody's word, is one. */
export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', '_OTHER'] as const;
/** By their numbers. */
export const GRPC_STATUS = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

/** Where others come in, and where we go to them. */
export const DOOR_METRICS = {
  'http.server.request.duration': {
    kind: 'histogram',
    unit: 's',
    of: ['ingest', 'policy', 'storage', 'notify'],
    // The pattern of a route that is declared, or `unmatched`; never the path.
    labels: {'http.request.method': HTTP_METHODS, 'http.route': 64},
    maybe: {'http.response.status_code': 40, 'error.type': ['aborted']},
    buckets: REQUEST_SECONDS,
    most: 300,
    meaning: 'From the head of a request to the end of its answer.',
  },
  'http.server.active_requests': {
    kind: 'updown',
    unit: '{request}',
    of: ['ingest', 'policy', 'storage', 'notify'],
    meaning: 'Requests under way.',
  },
  'rpc.server.call.duration': {
    kind: 'histogram',
    unit: 's',
    of: ['policy', 'storage', 'notify'],
    labels: {'rpc.method': 32, 'rpc.response.status_code': GRPC_STATUS},
    buckets: REQUEST_SECONDS,
    most: 100,
    meaning: 'gRPC: from the head of a call to its status.',
  },
  'rpc.client.call.duration': {
    kind: 'histogram',
    unit: 's',
    of: ['ingest', 'policy', 'storage'],
    labels: {'rpc.method': 32, 'rpc.response.status_code': GRPC_STATUS},
    buckets: REQUEST_SECONDS,
    most: 100,
    meaning: 'gRPC: from the call of another service to its answer.',
  },
  'vitalvault.certificate.remaining': {
    kind: 'gauge',
    unit: 's',
    of: ['ingest', 'policy', 'storage', 'notify'],
    labels: {part: ['kafka', 'database'], kind: ['authority', 'server']},
    meaning:
      'How long certificates of TLS still count, below 0: no more. `authority`: the last one of the file that was read at the start; `server`: what ends first of all that servers showed at their newest connection.',
  },
  'vitalvault.refusals': {
    kind: 'counter',
    unit: '{request}',
    of: ['ingest', 'policy', 'storage', 'notify'],
    labels: {code: ERROR_CODES},
    meaning: 'Requests and calls that were not answered, by the rule or reason: a code of docs/errors.md.',
  },
} as const satisfies Readonly<Record<string, Metric>>;
