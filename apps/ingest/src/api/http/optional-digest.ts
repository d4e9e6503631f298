import {DomainError} from '@vitalvault/errors';
import {contentDigest} from '@vitalvault/http';
import type {FastifyRequest} from 'fastify';

/** Compares a body with its Content-Digest when there is one. @throws DomainError digest-mismatch */
export function checkOptionalDigest({headers}: Pick<FastifyRequest, 'headers'>, body: Uint8Array): void {
  const digest = headers['content-digest'];
  if (digest !== undefined && String(digest).trim() !== contentDigest(body)) throw new DomainError('digest-mismatch');
}
