import {DomainError} from '@vitalvault/errors';
import type {Logger} from '../logging/create-logger.js';
import {faultName} from './fault-name.js';

/** Where a part of a process stands and why it does not go on, in words that may be shown to whoever runs it. */
export interface StandingPlace {
  readonly part: string;
  /** A height, or topic/partition/offset. */
  readonly at: string;
  /** ISO 8601. */
  readonly since: string;
  readonly reason: string;
}

/** An error line comes again so long after the last, in milliseconds: a log that was cut off says it still. */
const AGAIN_MS = 600_000;
const RETRY_AFTER_SECONDS = 30;

interface Standing extends Omit<StandingPlace, 'since'> {
  sinceMs: number;
  toldMs: number;
}

/**
 * The places at which a follower of blocks or of a topic stopped, because it cannot take what comes next. It skips
 * nothing, tries again now and then, and goes on from there once it can: with a version that knows what it met.
 */
export class Standstill {
  readonly #standing = new Map<string, Standing>();

  /** @param options.part as /readyz, the gauge and the answers that wait for it name it */
  constructor(private readonly options: {part: string; logger: Logger; now?: () => number}) {}

  get part(): string {
    return this.options.part;
  }

  get places(): readonly StandingPlace[] {
    return [...this.#standing.values()].map(({part, at, reason, sinceMs}) => ({
      ...{part, at, reason},
      since: new Date(sinceMs).toISOString(),
    }));
  }

  /** @param lane what stopped, when several go on beside one another: a partition */
  stopped(at: string, error: unknown, lane = ''): void {
    const {part, logger, now = Date.now} = this.options;
    const [reason, before] = [faultName(error), this.#standing.get(lane)];
    const told = before?.at === at && before.reason === reason && now() - before.toldMs < AGAIN_MS;
    const sinceMs = before?.at === at ? before.sinceMs : now();
    this.#standing.set(lane, {part, at, reason, sinceMs, toldMs: told ? before.toldMs : now()});
    if (!told) logger.error('stopped: it cannot take what comes next, and skips nothing', {part, at, reason, error});
  }

  /** It took what it had stopped at, or somebody else has it now. */
  goesOn(lane = ''): void {
    const before = this.#standing.get(lane);
    if (!this.#standing.delete(lane)) return;
    this.options.logger.info('goes on', {part: this.options.part, at: before?.at});
  }

  /**
   * For an answer that needs what it has not taken.
   * @throws DomainError `follower-stopped` that names part and place
   */
  mustGoOn(meta: Readonly<Record<string, string>> = {}): void {
    const [first] = this.#standing.values();
    if (first === undefined) return;
    throw new DomainError('follower-stopped', {
      detail: `${first.part} stands at ${first.at}.`,
      meta,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
}
