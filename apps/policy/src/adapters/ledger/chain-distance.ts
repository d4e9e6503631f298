import type {LedgerClient} from '@vitalvault/ledger-client';
import type {Projection} from '../../application/ports.js';
import {MAX_HEADER_AGE_MS} from './comet-proven-ledger.js';

const MAX_BEHIND = 5n;

/**
 * Readiness: why the projection cannot be read as the present; undefined: it can. Asks the chain within the check's
 * time limit. How far it is behind is no reason while the follower stands: that is told, with the place, by itself. A
 * chain whose newest block is too old to prove a release by stands still, or has just been started again.
 */
export async function chainDistance(
  client: Pick<LedgerClient, 'status'>,
  {projection, stands}: {projection: Pick<Projection, 'position'>; stands: boolean},
  nowMs = Date.now(),
): Promise<string | undefined> {
  const [status, position] = [await client.status(), await projection.position()];
  if (status.catchingUp) return 'the own validator is catching up';
  const behind = status.height - (position?.height ?? 0n);
  if (behind > MAX_BEHIND && !stands) return `${behind} blocks behind the chain`;
  const ageMs = nowMs - status.blockTimeMs;
  return ageMs > MAX_HEADER_AGE_MS ? `the newest block is ${Math.round(ageMs / 1_000)} s old` : undefined;
}
