import {fromBase64} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {createHash, timingSafeEqual} from 'node:crypto';

const MEMBER = /^sha-256=:([^:]{44}):$/;

/**
 * Compares a Content-Digest field (RFC 9530) with the body. Exactly one sha-256 member is taken.
 * @throws DomainError digest-mismatch
 */
export function checkContentDigest(field: string, body: Uint8Array): void {
  const given = decoded(MEMBER.exec(field.trim())?.[1] ?? '');
  if (given === undefined)
    throw new DomainError('digest-mismatch', {detail: 'content-digest is not one sha-256 member'});
  const real = createHash('sha256').update(body).digest();
  if (given.length !== real.length || !timingSafeEqual(given, real)) throw new DomainError('digest-mismatch');
}

function decoded(text: string): Uint8Array | undefined {
  try {
    return text === '' ? undefined : fromBase64(text);
  } catch {
    return undefined;
  }
}

/** Content-Digest field of a body. */
export function contentDigest(body: Uint8Array): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}
