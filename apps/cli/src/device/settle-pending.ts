import {setTimeout as sleep} from 'node:timers/promises';
import type {Device, KeptRecord, PendingRecord, PostOutcome} from '@vitalvault/sdk';

export interface Settled {
  reposted: number;
  /** Under new numbers: the old one was refused, or is another record's. */
  sealedAnew: number;
  anchored: number;
  /** Not anchored when the time was up; they stay for the next time. */
  waiting: number;
  /** What stays, and why. */
  kept: KeptRecord[];
}

const POLL_MS = 500;

/**
 * Posts what is kept again, seals anew what cannot be taken under its number, and waits for the ledger. Nothing is
 * forgotten but by an answer about that very record.
 */
export async function settlePending(
  device: Pick<Device, 'repost' | 'recover' | 'post' | 'settle'>,
  timeoutMs: number,
): Promise<Settled> {
  const until = performance.now() + timeoutMs;
  const refused = new Map<string, string>();
  const note = (outcomes: readonly PostOutcome[]): void => {
    for (const outcome of outcomes) if (outcome.status === 'refused') refused.set(outcome.recordId, outcome.error.code);
  };
  const reposted = await device.repost();
  note(reposted);
  const told = {reposted: reposted.length, sealedAnew: 0, anchored: 0};
  let fresh: PendingRecord[] = await device.recover(reposted);
  for (;;) {
    told.sealedAnew += fresh.length;
    if (fresh.length > 0) note(await device.post(fresh));
    const {anchored, resealed, waiting, kept} = await device.settle(refused);
    told.anchored += anchored.length;
    fresh = resealed;
    if ((fresh.length === 0 && waiting === 0) || performance.now() > until) return {...told, waiting, kept};
    await sleep(POLL_MS);
  }
}
