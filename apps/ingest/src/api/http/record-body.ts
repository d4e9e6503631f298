import {DomainError} from '@vitalvault/errors';
import {contentDigest} from '@vitalvault/http';
import type {RawBodyRequest} from '@vitalvault/http';
import type {FastifyRequest} from 'fastify';
import {readBody} from '../../domain/incoming-record.js';
import type {BodyKind} from '../../domain/incoming-record.js';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';

const KINDS = {
  'application/vnd.vitalvault.record.v1+protobuf': 'record',
  'application/vnd.vitalvault.records.v1+protobuf': 'records',
} as const satisfies Record<string, BodyKind>;
export const RECORD_TYPES = Object.keys(KINDS) as (keyof typeof KINDS)[];

export interface RecordBody {
  readonly kind: BodyKind;
  readonly records: readonly PostedRecord[];
}

/** What a POST of records carries. @throws DomainError */
export function recordBodyOf(request: FastifyRequest & RawBodyRequest): RecordBody {
  const {type, body} = bytesOfType(request, RECORD_TYPES);
  return {kind: KINDS[type], records: readBody(KINDS[type], body)};
}

/**
 * The body of a request of one of these types, compared with its Content-Digest when there is one. @throws DomainError
 */
export function bytesOfType<T extends string>(
  request: FastifyRequest & RawBodyRequest,
  types: readonly T[],
): {type: T; body: Uint8Array} {
  const given = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  const type = types.find((one) => one === given);
  if (type === undefined) throw new DomainError('unsupported-content-type');
  const body = request.rawBody ?? Buffer.alloc(0);
  const digest = request.headers['content-digest'];
  if (digest !== undefined && String(digest).trim() !== contentDigest(body)) throw new DomainError('digest-mismatch');
  return {type, body};
}
