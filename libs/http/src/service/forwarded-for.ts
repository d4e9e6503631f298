import type {FastifyRequest} from 'fastify';
import {isIP} from 'node:net';

const HEADER = 'x-forwarded-for';
/** Stands for an entry that cannot be read, while it is asked whether it counts. */
const UNREAD = '0.0.0.0';

/**
 * Makes plain addresses of X-Forwarded-For before anything goes by them: some proxies write the port, or RFC 7239's
 * forms. With them each connection was an address of its own, and a proxy in the middle one that nobody trusts. What
 * cannot be read counts as nothing: the proxy that wrote it is who asks.
 * @returns false when such an entry stood where the address should be
 */
export function readForwardedFor(request: FastifyRequest): boolean {
  const {headers} = request.raw;
  const written = headers[HEADER];
  if (typeof written !== 'string') return true;
  const read = written.split(',').map(addressOf);
  const unread = read.lastIndexOf(undefined);
  const plain = read.slice(unread + 1).join(', ');
  headers[HEADER] = unread === -1 ? plain : [UNREAD, plain].filter((one) => one !== '').join(', ');
  if (unread === -1 || request.ip !== UNREAD) return true;
  headers[HEADER] = plain;
  return false;
}

/** `192.0.2.7`, `192.0.2.7:50001`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:50001`; quoted too. */
function addressOf(written: string): string | undefined {
  const node = written.trim().replace(/^"(.*)"$/, '$1');
  const [, v6, v4] = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d{1,5})?$/.exec(node) ?? [];
  const address = v6 ?? v4 ?? node;
  return isIP(address) === 0 ? undefined : address;
}
