import type {BackgroundWork} from '@vitalvault/process';
import {setTimeout as sleep} from 'node:timers/promises';

export interface WorkLoopOptions {
  /** Pause when there is nothing to do and nobody pokes. */
  readonly idleMs: number;
  /** Pause after a poke, so that more work gathers. */
  readonly gatherMs: number;
  readonly onFailure: (error: unknown) => void;
  /** Is told how each piece went. */
  readonly work?: Pick<BackgroundWork, 'failed' | 'done'>;
}

const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 5_000;

/**
 * Does a piece of work again and again: at once while there is more, after a failure with growing pauses, else when
 * poked or after a while.
 */
export class WorkLoop {
  #stopping = new AbortController();
  #poked = new AbortController();
  #running: Promise<void> | undefined;

  /** @param work does one piece; true: there may be more */
  constructor(
    private readonly options: WorkLoopOptions,
    private readonly work: () => Promise<boolean>,
  ) {}

  start(): void {
    this.#running ??= this.#run();
  }

  poke(): void {
    this.#poked.abort();
  }

  /** Waits for the piece in hand. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    let backoff = FIRST_BACKOFF_MS;
    while (!this.#stopping.signal.aborted) {
      this.#poked = new AbortController();
      try {
        const more = await this.work();
        this.options.work?.done();
        backoff = FIRST_BACKOFF_MS;
        if (!more) await this.#idle();
      } catch (error) {
        this.options.work?.failed(error);
        this.options.onFailure(error);
        await this.#pause(backoff, []);
        backoff = Math.min(backoff * 2, MAX_BACKOFF_MS);
      }
    }
  }

  async #idle(): Promise<void> {
    await this.#pause(this.options.idleMs, [this.#poked.signal]);
    if (this.#poked.signal.aborted) await this.#pause(this.options.gatherMs, []);
  }

  async #pause(milliseconds: number, until: readonly AbortSignal[]): Promise<void> {
    await sleep(milliseconds, undefined, {signal: AbortSignal.any([this.#stopping.signal, ...until])}).catch(
      () => undefined,
    );
  }
}
