import type {LedgerClient} from '@vitalvault/ledger-client';
import {verifySignedHeader} from '@vitalvault/light-client';
import type {ChainTrust, VerifiedHeader} from '@vitalvault/light-client';
import {clockReason} from '@vitalvault/process';
import type {Finding} from '@vitalvault/process';
import type {Projection} from '../../application/ports.js';
import {MAX_HEADER_AGE_MS} from './comet-proven-ledger.js';

type Position = NonNullable<Awaited<ReturnType<Projection['position']>>>;

const MAX_BEHIND = 5n;

/** Below the time limit of a readiness check. */
const PATIENCE_MS = 1_200;

/**
 * Readiness: why the projection cannot be read as the present, and at which height it is; undefined: it can. Asks every
 * node at once, within the check's time limit, and takes the newest header that the validators signed, no node's word:
 * who boasts of a height would degrade every hospital, and so would who shows an old one. How far it is behind is no
 * reason while the follower stands: that is told, with the place, by itself. A chain whose newest block is too old to
 * prove a release by stands still, has just been started again, or is being caught up with; or this clock is wrong, as
 * it is for sure when the block is ahead of it.
 */
export async function chainDistance(
  {client, trust}: {client: Pick<LedgerClient, 'headersOf'>; trust: ChainTrust},
  {projection, stands}: {projection: Pick<Projection, 'position'>; stands: boolean},
  nowMs = Date.now(),
): Promise<Finding | undefined> {
  const [shown, position] = [await client.headersOf('newest', PATIENCE_MS), await projection.position()];
  const reason = reasonOf({shown, position, stands}, trust, nowMs);
  return reason === undefined ? undefined : {reason, at: position?.height.toString()};
}

function reasonOf(
  {shown, position, stands}: {shown: readonly string[]; position: Position | undefined; stands: boolean},
  trust: ChainTrust,
  nowMs: number,
): string | undefined {
  const newest = newestOf(shown, trust);
  if (newest === undefined) return 'no validator shows a header that verifies';
  const behind = newest.height - (position?.height ?? 0n);
  if (behind > MAX_BEHIND && !stands) return `${behind} blocks behind the chain`;
  // The projected block was verified too.
  const ageMs = nowMs - Math.max(newest.timeMs, 1_000 * Number(position?.timeSeconds ?? 0n));
  if (ageMs > MAX_HEADER_AGE_MS)
    return `the newest block is ${Math.round(ageMs / 1_000)} s old: the chain stands still, or this clock is ahead`;
  return clockReason(ageMs, 'the newest block', MAX_HEADER_AGE_MS);
}

// From the highest claim down, so that one header is verified when nobody lies: a boast does not fit its signatures.
function newestOf(shown: readonly string[], trust: ChainTrust): VerifiedHeader | undefined {
  for (const header of new Set([...shown].sort((a, b) => claimOf(b) - claimOf(a)))) {
    const verdict = verifySignedHeader(header, trust, 'any-time');
    if (verdict.ok) return verdict.header;
  }
  return undefined;
}

function claimOf(header: string): number {
  const height = Number((JSON.parse(header) as {header?: {height?: unknown} | null} | null)?.header?.height);
  return Number.isFinite(height) ? height : -1;
}
