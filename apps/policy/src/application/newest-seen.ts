import type {Projection} from './ports.js';

/**
 * Height of the newest state for which the follower has seen the header that proves it: that before the newest block,
 * or after it when it has transactions, since such a block is projected when the next header is there. What is decided
 * by an older state might not know what this service knows.
 */
export async function newestSeen(projection: Pick<Projection, 'position' | 'lastTransactionHeight'>): Promise<bigint> {
  const before = ((await projection.position())?.height ?? 0n) - 1n;
  const last = await projection.lastTransactionHeight();
  return last > before ? last : before;
}
