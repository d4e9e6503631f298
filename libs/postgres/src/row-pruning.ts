import type {Logger} from '@vitalvault/process';

/** Rows that are kept for a while only. */
export interface ShortLived {
  /** Deletes those whose time is over, `most` at the most. @returns how many */
  prune(now: Date, most: number): Promise<number>;
}

/** Rows live for minutes at least; a look per minute keeps a table within a minute's rows of what it must hold. */
const EVERY_MS = 60_000;
/** Rows of one statement: it holds its locks for a moment, whatever has gathered. */
const MOST = 1_000;

/** Deletes short-lived rows every minute, until none is left whose time is over. */
export class RowPruning {
  #timer: NodeJS.Timeout | undefined;
  #isAtIt = false;

  constructor(
    private readonly stores: readonly ShortLived[],
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.#timer ??= setInterval(() => void this.#round(), EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #round(): Promise<void> {
    if (this.#isAtIt) return;
    this.#isAtIt = true;
    for (const store of this.stores)
      await this.#empty(store).catch((error: unknown) => {
        this.logger.warn('pruning failed', {error});
      });
    this.#isAtIt = false;
  }

  async #empty(store: ShortLived): Promise<void> {
    while (this.#timer !== undefined && (await store.prune(new Date(), MOST)) === MOST);
  }
}
