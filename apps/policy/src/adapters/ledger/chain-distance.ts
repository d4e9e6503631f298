import type {LedgerClient} from '@vitalvault/ledger-client';
import type {Projection} from '../../application/ports.js';

const MAX_BEHIND = 5n;

/** Readiness: why the projection cannot be read as the present; undefined: it can. Asks the chain within the check's time limit. */
export async function chainDistance(client: Pick<LedgerClient, 'status'>, projection: Pick<Projection, 'position'>): Promise<string | undefined> {
  const [status, position] = [await client.status(), await projection.position()];
  if (status.catchingUp) return 'the own validator is catching up';
  const behind = status.height - (position?.height ?? 0n);
  return behind > MAX_BEHIND ? `${behind} blocks behind the chain` : undefined;
}
