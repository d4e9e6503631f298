import {DomainError} from '@vitalvault/errors';
import {contentDigest} from '@vitalvault/nest-service';
import type {RawBodyRequest} from '@vitalvault/nest-service';
import type {FastifyRequest} from 'fastify';
import {readBody} from '../../domain/incoming-record.js';
import type {BodyKind} from '../../domain/incoming-record.js';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';

const KINDS: Readonly<Record<string, BodyKind | undefined>> = {
  'application/vnd.vitalvault.record.v1+protobuf': 'record',
  'application/vnd.vitalvault.records.v1+protobuf': 'records',
};

export interface RecordBody {
  readonly kind: BodyKind;
  readonly records: readonly PostedRecord[];
}

/** What a POST of records carries: type, then digest, then the records. @throws DomainError */
export function recordBodyOf(request: FastifyRequest & RawBodyRequest): RecordBody {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (kind === undefined) throw new DomainError('unsupported-content-type');
  const body = request.rawBody ?? Buffer.alloc(0);
  const digest = request.headers['content-digest'];
  if (digest !== undefined && String(digest).trim() !== contentDigest(body)) throw new DomainError('digest-mismatch');
  return {kind, records: readBody(kind, body)};
}
