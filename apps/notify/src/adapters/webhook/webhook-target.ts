import {isIP} from 'node:net';
import {isInside, isLoopback} from './inside-address.js';

/** Whether this process may send to loopback: on a development machine only. */
export interface TargetPolicy {
  readonly allowLoopback: boolean;
}

export const isForbidden = (address: string, {allowLoopback}: TargetPolicy): boolean => isInside(address) && !(allowLoopback && isLoopback(address));

/** Why a webhook may not be sent to this URL, as far as the URL itself tells; a name is judged by its addresses when it is connected to. */
export function faultOfTarget(text: string, policy: TargetPolicy): string | undefined {
  const url = URL.parse(text);
  if (url === null) return 'not a URL';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const local = policy.allowLoopback && (isLoopback(host) || host === 'localhost');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) return 'must be https';
  if (url.username !== '' || url.password !== '') return 'must not carry credentials';
  if (url.hash !== '') return 'must not have a fragment';
  if (isIP(host) !== 0 && isForbidden(host, policy)) return 'an inside address';
  if (!policy.allowLoopback && /(^|\.)(localhost|local|internal)\.?$/i.test(host)) return 'an inside address';
  return undefined;
}
