import {CATALOGUE, STATUS} from '@vitalvault/errors';
import type {ErrorCode} from '@vitalvault/errors';
import type {Route} from '../route/route.js';

const ALWAYS: readonly ErrorCode[] = ['malformed', 'internal', 'quota-exceeded'];
const WITH_BODY: readonly ErrorCode[] = ['body-too-large', 'unsupported-content-type', 'body-timeout'];
const WHEN_SIGNED: readonly ErrorCode[] = [
  'signature-missing',
  'signature-invalid',
  'signature-stale',
  'signature-replayed',
  'unknown-key',
  'digest-mismatch',
  'follower-stopped',
  'database-unavailable',
];

/** Codes that a route can answer, by HTTP status: its own and those of its kind. */
export function possibleErrors(route: Route): Map<number, ErrorCode[]> {
  const codes = new Set<ErrorCode>([
    ...ALWAYS,
    ...route.errors,
    ...(route.method === 'get' ? [] : WITH_BODY),
    ...(route.signedBy === undefined ? [] : WHEN_SIGNED),
    ...((route.params ?? route.query ?? route.headers ?? route.body?.json) ? ['invalid-field' as const] : []),
  ]);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of [...codes].sort()) {
    const status = STATUS[CATALOGUE[code].category].http;
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
}
