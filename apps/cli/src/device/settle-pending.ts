import {setTimeout as sleep} from 'node:timers/promises';
import type {AsideReading, Device, KeptRecord, PostOutcome} from '@vitalvault/sdk';

export interface SettledPending {
  /** Under new numbers: what they were sealed under ended, or the old number is another record's. */
  sealedAnew: number;
  /** Proven on the ledger, and forgotten; numbers. */
  anchored: bigint[];
  /** Not anchored when the time was up; they stay for the next time. */
  waiting: number;
  /** What stays, and why. */
  kept: KeptRecord[];
  /** Readings that nothing will take as they are. */
  aside: AsideReading[];
}

const POLL_MS = 500;
/** The services anchor within seconds; what takes longer is settled another time. */
export const PROOF_PATIENCE_MS = 20_000;

/**
 * Seals anew what cannot be taken as it was sealed, and waits for the ledger. Nothing is forgotten but what is proven.
 * @param outcomes what ingest said of records just now
 */
export async function settlePending(
  device: Pick<Device, 'post' | 'settle'>,
  outcomes: readonly PostOutcome[],
  timeoutMs: number,
): Promise<SettledPending> {
  const until = performance.now() + timeoutMs;
  const told: SettledPending = {sealedAnew: 0, anchored: [], waiting: 0, kept: [], aside: []};
  const known = new Map<string, PostOutcome>();
  const note = (some: readonly PostOutcome[]): void => {
    for (const outcome of some) known.set(outcome.recordId, outcome);
  };
  note(outcomes);
  for (;;) {
    const {anchored, waiting, resealed, aside, kept} = await device.settle([...known.values()]);
    told.anchored.push(...anchored.map(({sequence}) => sequence));
    told.aside.push(...aside);
    told.sealedAnew += resealed.length;
    if (resealed.length > 0) note(await device.post(resealed));
    if (resealed.length === 0 && (waiting === 0 || performance.now() > until)) return {...told, waiting, kept};
    await sleep(waiting === 0 ? 0 : POLL_MS);
  }
}
