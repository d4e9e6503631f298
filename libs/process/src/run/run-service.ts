import {ConfigError} from '../config/config-error.js';
import type {Logger} from '../logging/create-logger.js';

export interface RunningService {
  /** How long `close` may take, in milliseconds; then the process leaves with 1. Default: 10 s. */
  readonly closeWithinMs?: number;
  /** Ends what is under way, then everything. */
  close(): Promise<void>;
}

/** Shorter than the 30 s that Kubernetes gives by default, then kills. */
const CLOSE_MS = 10_000;

/**
 * Runs a process: starts it, closes it on SIGTERM or SIGINT and leaves with 0; leaves with 1 when it cannot start or
 * cannot close, with a message that names what is wrong. A second signal leaves at once.
 */
export async function runService(logger: Logger, start: () => Promise<RunningService>): Promise<void> {
  process.on('uncaughtException', (error) => {
    logger.error('uncaught exception', {error});
    process.exit(1);
  });
  process.on('unhandledRejection', (error) => {
    logger.error('unhandled rejection', {error});
    process.exit(1);
  });
  let running: RunningService | undefined;
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info('stopping', {signal});
    setTimeout(() => {
      logger.warn('did not close in time');
      process.exit(1);
    }, running?.closeWithinMs ?? CLOSE_MS).unref();
    void (running?.close() ?? Promise.resolve()).then(
      () => {
        logger.info('stopped');
        process.exit(0);
      },
      (error: unknown) => {
        logger.error('stopping failed', {error});
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  try {
    running = await start();
  } catch (error) {
    if (error instanceof ConfigError) for (const fault of error.faults) logger.error(`configuration: ${fault}`);
    else logger.error('cannot start', {error});
    process.exit(1);
  }
}
