import type {LedgerClient} from '@vitalvault/ledger-client';
import {verifySignedHeader} from '@vitalvault/light-client';
import type {ChainTrust} from '@vitalvault/light-client';
import type {Projection} from '../../application/ports.js';
import {MAX_HEADER_AGE_MS} from './comet-proven-ledger.js';

const MAX_BEHIND = 5n;
/** [§5.3] Further ahead of the clock a header is refused. */
const MAX_DRIFT_MS = 10_000;

/**
 * Readiness: why the projection cannot be read as the present; undefined: it can. Asks the chain within the check's
 * time limit, and takes a header that the validators signed, no node's word: who boasts of a height would make every
 * hospital unready. How far it is behind is no reason while the follower stands: that is told, with the place, by
 * itself. A chain whose newest block is too old to prove a release by stands still, has just been started again, or is
 * being caught up with; or this clock is wrong, as it is for sure when the block is ahead of it.
 */
export async function chainDistance(
  {client, trust}: {client: Pick<LedgerClient, 'lightBlock'>; trust: ChainTrust},
  {projection, stands}: {projection: Pick<Projection, 'position'>; stands: boolean},
  nowMs = Date.now(),
): Promise<string | undefined> {
  const [newest, position] = [await client.lightBlock(), await projection.position()];
  const verdict = verifySignedHeader(newest, trust, 'any-time');
  if (!verdict.ok) return `a validator shows a header that does not verify: ${verdict.reason}`;
  const {height, timeMs} = verdict.header;
  const behind = height - (position?.height ?? 0n);
  if (behind > MAX_BEHIND && !stands) return `${behind} blocks behind the chain`;
  const ageMs = nowMs - timeMs;
  if (ageMs < -MAX_DRIFT_MS) return `this clock is ${Math.round(-ageMs / 1_000)} s behind the newest block`;
  return ageMs > MAX_HEADER_AGE_MS
    ? `the newest block is ${Math.round(ageMs / 1_000)} s old: the chain stands still, or this clock is ahead`
    : undefined;
}
