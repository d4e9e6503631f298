import {DomainError} from '@vitalvault/errors';

/**
 * What was found, when it is of block `atLeast` or a later one.
 * @throws DomainError `behind`
 */
export function notBehind<Found extends {readonly atHeight: bigint}>(found: Found, atLeast: bigint): Found {
  if (found.atHeight >= atLeast) return found;
  throw new DomainError('behind', {meta: {atHeight: found.atHeight.toString()}, retryAfterSeconds: 1});
}
