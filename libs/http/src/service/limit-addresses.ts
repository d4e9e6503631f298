import type {DomainError} from '@vitalvault/errors';
import {TokenBuckets} from '@vitalvault/process';
import type {BucketRate} from '@vitalvault/process';
import type {FastifyInstance} from 'fastify';
import {readForwardedFor} from './forwarded-for.js';

/** Requests from one address before they are refused, and how many more each second. */
export const ADDRESS_RATE: BucketRate = {burst: 4_000, refillPerSecond: 1_000};

/**
 * Limits requests by the address that they come from, before anything of them is read. The address is the connection's,
 * or what a trusted proxy says (Fastify's `trustProxy`).
 * @param tell called once, when a trusted proxy names its client in a way that cannot be read
 */
export function limitAddresses(
  instance: FastifyInstance,
  rate: BucketRate = ADDRESS_RATE,
  tell: () => void = () => undefined,
): void {
  const buckets = new TokenBuckets(rate);
  let told = false;
  instance.addHook('onRequest', (request, _reply, done) => {
    if (!readForwardedFor(request) && !told) {
      told = true;
      tell();
    }
    try {
      buckets.charge(addressKey(request.ip), Date.now(), 'Too many requests come from this address.');
    } catch (error) {
      done(error as DomainError);
      return;
    }
    done();
  });
}

/** Of IPv6 the network of 64 bits: whoever has one address there has all of them. */
export function addressKey(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address.replace(/^::ffff:/, '');
  const [head = '', tail] = address.split('::');
  const [before, after] = [head, tail ?? ''].map((part) => part.split(':').filter((group) => group !== ''));
  const missing = tail === undefined ? 0 : 8 - (before?.length ?? 0) - (after?.length ?? 0);
  const groups = [...(before ?? []), ...Array<string>(Math.max(0, missing)).fill('0'), ...(after ?? [])];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
