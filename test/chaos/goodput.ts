import {setTimeout as pause} from 'node:timers/promises';

/** Of a moment: what is counted lies in that long before it. */
const WINDOW_MS = 3_000;
const BASELINE_MS = 5_000;
/** Promised: after so long this share of what was taken before the first fault is taken again. */
const BACK_MS = 10_000;
const BACK_SHARE = 0.9;
/** Not promised, and red: after so long this share is not. */
const DEAD_MS = 60_000;
const DEAD_SHARE = 0.5;
/** In which keys come to every reader again: a turn of hers is several blocks, and may wait for its time-outs first. */
const READ_MS = 150_000;
const LOOK_MS = 250;

/** Whose acts are counted; times in Unix milliseconds, rising. */
export interface Served {
  readonly taken: readonly number[];
  readonly opened: readonly number[];
}

/** What a fault did to the clients. */
export interface Recovery {
  /** Share of the baseline while the fault stood. */
  readonly during: number;
  /** Milliseconds after healing until it was back; undefined: later than promised. */
  readonly backMs: number | undefined;
  /** Share when it was waited for no longer. */
  readonly share: number;
  readonly dead: boolean;
}

/** Acts of all of them, a second, from a time to another. */
export function rate(all: readonly Served[], from: number, to: number): number {
  const acts = all.reduce((sum, {taken}) => sum + taken.filter((at) => at >= from && at < to).length, 0);
  return to > from ? (acts * 1_000) / (to - from) : 0;
}

/** What a moment after healing says: undefined, and it is waited for on. */
export function judged(afterMs: number, share: number): Pick<Recovery, 'backMs' | 'dead'> | undefined {
  if (afterMs >= DEAD_MS && share < DEAD_SHARE) return {backMs: undefined, dead: true};
  if (afterMs < WINDOW_MS) return undefined;
  if (afterMs <= BACK_MS) return share >= BACK_SHARE ? {backMs: afterMs, dead: false} : undefined;
  return share >= DEAD_SHARE ? {backMs: undefined, dead: false} : undefined;
}

/** How much clients get of a platform, and whether that comes back when a fault is healed. */
export class Goodput {
  private constructor(
    private readonly all: readonly Served[],
    /** Receipts a second before the first fault. */
    readonly baseline: number,
  ) {}

  /** Of what is served now, with nothing broken. @throws when nothing is */
  static async measure(all: readonly Served[]): Promise<Goodput> {
    const from = Date.now();
    await pause(BASELINE_MS);
    const baseline = rate(all, from, Date.now());
    if (baseline === 0) throw new Error('no device had a receipt before the first fault');
    return new Goodput(all, baseline);
  }

  /** Waits until it is back, or has to be given up. @param healed when the fault was */
  async back(began: number, healed: number): Promise<Recovery> {
    const during = rate(this.all, began, healed) / this.baseline;
    for (;;) {
      const now = Date.now();
      const share = rate(this.all, Math.max(healed, now - WINDOW_MS), now) / this.baseline;
      const verdict = judged(now - healed, share);
      if (verdict !== undefined) return {during, share, ...verdict};
      await pause(LOOK_MS);
    }
  }

  /** @returns a sentence for each patient who got nothing after the last fault: no receipt, or no key for her reader */
  async unserved(healed: number): Promise<string[]> {
    const lacks = (kind: keyof Served): number[] =>
      this.all.flatMap((one, i) => ((one[kind].at(-1) ?? 0) > healed ? [] : [i]));
    for (; lacks('taken').length + lacks('opened').length > 0 && Date.now() - healed < READ_MS;) await pause(LOOK_MS);
    return [
      ...lacks('taken').map((i) => `after the last fault no record of patient ${i} was taken`),
      ...lacks('opened').map((i) => `after the last fault no key came to the reader of patient ${i}`),
    ];
  }
}
