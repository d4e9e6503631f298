import {DomainError} from '@vitalvault/errors';
import {createHash, timingSafeEqual} from 'node:crypto';

const MEMBER = /^sha-256=:([A-Za-z0-9+/]{43}=):$/;

/**
 * Compares a Content-Digest field (RFC 9530) with the body. Exactly one sha-256 member is taken.
 * @throws DomainError digest-mismatch
 */
export function checkContentDigest(field: string, body: Uint8Array): void {
  const encoded = MEMBER.exec(field.trim())?.[1];
  if (encoded === undefined)
    throw new DomainError('digest-mismatch', {detail: 'content-digest is not one sha-256 member'});
  const given = Buffer.from(encoded, 'base64');
  const real = createHash('sha256').update(body).digest();
  if (given.length !== real.length || !timingSafeEqual(given, real)) throw new DomainError('digest-mismatch');
}

/** Content-Digest field of a body. */
export function contentDigest(body: Uint8Array): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}
