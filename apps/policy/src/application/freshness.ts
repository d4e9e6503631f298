import {DomainError} from '@vitalvault/errors';
import type {ChainPosition, Projection} from './ports.js';

/**
 * Where the projection stands, for an answer from it.
 * @throws DomainError behind when the caller has seen a later block: never an answer from an older state than that.
 */
export async function positionAtLeast(projection: Projection, atLeast: bigint | undefined): Promise<ChainPosition> {
  const position = (await projection.position()) ?? {height: 0n, timeSeconds: 0n};
  if (atLeast !== undefined && position.height < atLeast) {
    throw new DomainError('behind', {
      detail: `The projection is at height ${position.height}.`,
      meta: {height: String(position.height)},
      retryAfterSeconds: 1,
    });
  }
  return position;
}
