import {isIP} from 'node:net';
import {isInside, isLoopback} from './inside-address.js';

/** Whether this process may send to loopback: on a development machine only. */
export interface TargetPolicy {
  readonly allowLoopback: boolean;
}

export const isForbidden = (address: string, {allowLoopback}: TargetPolicy): boolean =>
  isInside(address) && !(allowLoopback && isLoopback(address));

/**
 * Why a webhook may not be sent to this URL, as far as the URL itself tells; a name is judged by its addresses when it
 * is connected to.
 */
export function faultOfTarget(text: string, policy: TargetPolicy): string | undefined {
  const url = URL.parse(text);
  if (url === null) return 'not a URL';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const local = policy.allowLoopback && isLoopbackName(host);
  if (!(url.protocol === 'https:' || (url.protocol === 'http:' && local))) return 'must be https';
  if (`${url.username}${url.password}${url.hash}` !== '') return 'must not carry credentials or a fragment';
  return !local && isInsideName(host) ? 'an inside address' : undefined;
}

const isLoopbackName = (host: string): boolean => isLoopback(host) || host === 'localhost';
const isInsideName = (host: string): boolean =>
  isIP(host) === 0 ? /(^|\.)(localhost|local|internal)\.?$/i.test(host) : isInside(host);
