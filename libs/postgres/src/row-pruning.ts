import type {Logger} from '@vitalvault/process';

/** Rows that are kept for a while only. */
export interface ShortLived {
  prune(now: Date): Promise<void>;
}

/** Rows live for minutes at least; a look per minute keeps a table within a minute's rows of what it must hold. */
const EVERY_MS = 60_000;

/** Deletes short-lived rows every minute. */
export class RowPruning {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly stores: readonly ShortLived[],
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.#timer ??= setInterval(() => void this.#round(), EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #round(): Promise<void> {
    for (const store of this.stores)
      await store.prune(new Date()).catch((error: unknown) => {
        this.logger.warn('pruning failed', {error});
      });
  }
}
