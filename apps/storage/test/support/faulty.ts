import {seededRandom} from '@vitalvault/testkit';

/** What a call of a process that has ended comes to: nothing, and nobody hears of it. */
const ENDED = new Promise<never>(() => undefined);

/** How likely each is at an await, from 0 to 1. */
export interface Faults {
  readonly ends: number;
  readonly failsBefore: number;
  readonly failsAfter: number;
  readonly stalls: number;
}

export const NO_FAULTS: Faults = {ends: 0, failsBefore: 0, failsAfter: 0, stalls: 0};

/** A process that can end or stand still at each of its awaits, and whose calls fail before or after their effect. */
export class FaultyProcess {
  ended = false;
  #awake: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: {
      readonly faults: Faults;
      /** From 0 to 1. */
      readonly draw: () => number;
      /** For longer than a lease. */
      readonly stall: () => Promise<unknown>;
    },
  ) {}

  /** These methods of `port` as this process calls them. */
  calls<T extends object, N extends keyof T>(port: T, ...names: readonly N[]): Pick<T, N> {
    const calls = names.map((name) => {
      const method = (port[name] as (...args: unknown[]) => unknown).bind(port);
      return [name, (...args: unknown[]) => this.#call(() => method(...args))] as const;
    });
    return Object.fromEntries(calls) as Pick<T, N>;
  }

  async #call(run: () => unknown): Promise<unknown> {
    await this.#step(this.options.faults.failsBefore);
    const answer = await run();
    await this.#step(this.options.faults.failsAfter);
    return answer;
  }

  async #step(fails: number): Promise<void> {
    const {draw, faults, stall} = this.options;
    if (draw() < faults.stalls) this.#awake = stall();
    await this.#awake;
    this.ended ||= draw() < faults.ends;
    if (this.ended) return ENDED;
    if (draw() < fails) throw new Error('made to fail');
  }
}

/** Numbers from 0 to 1 that follow from a seed. */
export function drawnFrom(seed: number): () => number {
  const random = seededRandom(String(seed));
  return () => Buffer.from(random(4)).readUInt32BE() / 2 ** 32;
}
