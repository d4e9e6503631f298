import {findingOfError} from './finding-of-error.js';
import type {Finding} from './finding.js';
import type {Standstill} from './standstill.js';

/** What is wrong; undefined: nothing. What a promise resolves to counts when it is a text or a Finding. */
export type ReadinessCheck = () => string | Finding | undefined | Promise<unknown>;

/**
 * `true`: without it no call can be answered. `false`: the process stays ready and tells. `at-start`: as false, but
 * what was never reached since the start counts as needed for the first minute, so that nobody is sent to a process
 * that comes up, and one that was set up wrongly does not take the place of one that works.
 */
export type Need = boolean | 'at-start';

/** What a part of the work waits for, though the rest goes on. */
export interface Degradation {
  /** Name of a check, or of a follower that stopped. */
  readonly part: string;
  /** Where it stopped: a height, or topic/partition/offset. */
  readonly at?: string;
  /** ISO 8601. */
  readonly since: string;
  readonly reason: string;
}

export interface ReadinessState {
  /** By check: why no request should come here; empty: ready. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly degraded: readonly Degradation[];
}

interface Check {
  readonly check: ReadinessCheck;
  readonly need: Need;
  /** It found nothing wrong at least once. */
  passed: boolean;
  wrongSinceMs: number | undefined;
}

const CHECK_TIMEOUT_MS = 2_000;
/** Whoever asks, and how often: the checks are made once in so long. */
const LOOK_EVERY_MS = 1_000;
const START_MS = 60_000;
/** Asked by nobody it looks so often: since when something is wrong is known as well. */
const UNASKED_MS = 5_000;

/** Whether this process can do its work now. Liveness is the event loop only (D-17). */
export class Readiness {
  readonly #checks = new Map<string, Check>();
  readonly #followers: Standstill[] = [];
  #looked: {readonly atMs: number; readonly state: Promise<ReadinessState>} | undefined;
  #startedMs: number | undefined;
  #stopping = false;

  constructor(private readonly now: () => number = Date.now) {}

  /**
   * A later check of the same name replaces the earlier one; what it throws is a reason.
   * @param options.needed default true
   */
  add(name: string, check: ReadinessCheck, options: {needed?: Need} = {}): void {
    this.#checks.set(name, {check, need: options.needed ?? true, passed: false, wrongSinceMs: undefined});
    this.#looked = undefined;
  }

  /** The places at which it stands degrade the process; it stays ready for everything else. */
  addFollower(follower: Standstill): void {
    this.#followers.push(follower);
  }

  get started(): boolean {
    return this.#startedMs !== undefined;
  }

  set started(started: boolean) {
    this.#startedMs = started ? this.now() : undefined;
  }

  /** From now on not ready: the process drains. */
  stop(): void {
    this.#stopping = true;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Looks by itself. @returns ends that */
  keepLooking(everyMs = UNASKED_MS): () => void {
    const timer = setInterval(() => void this.look(), everyMs).unref();
    return () => {
      clearInterval(timer);
    };
  }

  async look(): Promise<ReadinessState> {
    if (this.#stopping) return {reasons: {process: 'stopping'}, degraded: []};
    if (!this.started) return {reasons: {process: 'starting'}, degraded: []};
    const atMs = this.now();
    if (this.#looked === undefined || Math.abs(atMs - this.#looked.atMs) >= LOOK_EVERY_MS)
      this.#looked = {atMs, state: this.#check()};
    const {reasons, degraded} = await this.#looked.state;
    return {reasons, degraded: [...degraded, ...this.#followers.flatMap(({places}) => places)]};
  }

  async #check(): Promise<ReadinessState> {
    const nowMs = this.now();
    const found = await Promise.all(
      [...this.#checks].map(async ([part, check]) => {
        const finding = await findingOf(check.check);
        check.passed ||= finding === undefined;
        check.wrongSinceMs = finding === undefined ? undefined : (finding.sinceMs ?? check.wrongSinceMs ?? nowMs);
        return {part, check, finding, away: finding?.part ?? part};
      }),
    );
    const reasons: Record<string, string> = {};
    const degraded: Degradation[] = [];
    // Each part is told once, by its own check before all others.
    const told = new Set(found.flatMap(({part, finding, away}) => (finding && away === part ? [part] : [])));
    for (const {part, check, finding, away} of found) {
      if (finding === undefined || (away !== part && told.has(away))) continue;
      const {at, reason} = finding;
      told.add(away);
      const since = new Date(check.wrongSinceMs ?? nowMs).toISOString();
      if (this.#isNeeded(check)) reasons[away] = reason;
      else degraded.push({part: away, ...(at === undefined ? {} : {at}), since, reason});
    }
    return {reasons, degraded};
  }

  #isNeeded({need, passed}: Check): boolean {
    return need === 'at-start' ? !passed && this.now() - (this.#startedMs ?? 0) < START_MS : need;
  }
}

async function findingOf(check: ReadinessCheck): Promise<Finding | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      resolve('no answer in time');
    }, CHECK_TIMEOUT_MS);
  });
  try {
    const found: unknown = await Promise.race([Promise.resolve(check()), late]);
    if (typeof found === 'string') return {reason: found};
    return isFinding(found) ? found : undefined;
  } catch (error) {
    return findingOfError(error);
  } finally {
    clearTimeout(timer);
  }
}

const isFinding = (found: unknown): found is Finding =>
  typeof found === 'object' && found !== null && typeof (found as {reason?: unknown}).reason === 'string';
