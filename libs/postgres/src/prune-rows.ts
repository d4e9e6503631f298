import type {Logger} from '@vitalvault/process';

/** Rows that are kept for a while only. */
export interface ShortLived {
  prune(now: Date): Promise<void>;
}

const EVERY_MS = 60_000;

/** Deletes short-lived rows every minute. @returns how to stop it. */
export function pruneRows(stores: readonly ShortLived[], logger: Logger): () => void {
  const timer = setInterval(() => {
    for (const store of stores) {
      store.prune(new Date()).catch((error: unknown) => {
        logger.warn('pruning failed', {error});
      });
    }
  }, EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
