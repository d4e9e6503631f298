import type {RawBodyRequest} from '@vitalvault/http';
import type {FastifyRequest} from 'fastify';

const SIGNED_FIELDS = ['content-type', 'content-digest', 'signature-input', 'signature'] as const;

/**
 * A signed request as it was received, as far as the signature speaks of it: request line, signature fields, body.
 * Whoever has it can verify it again.
 */
export function signedRequestBytes(request: FastifyRequest & RawBodyRequest): Uint8Array {
  const fields = SIGNED_FIELDS.flatMap((name) => {
    const value = request.headers[name];
    return value === undefined ? [] : [`${name}: ${Array.isArray(value) ? value.join(', ') : value}`];
  });
  const head = [`${request.method} ${request.raw.url ?? '/'} HTTP/1.1`, ...fields, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), request.rawBody ?? Buffer.alloc(0)]);
}
