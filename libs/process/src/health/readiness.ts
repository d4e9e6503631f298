import {DomainError} from '@vitalvault/errors';
import {accessReason} from './access-reason.js';
import type {Standstill} from './standstill.js';

/** One reason why a service is not ready; undefined: it is. */
export type ReadinessCheck = () => string | undefined | Promise<unknown>;

/** What a part of the work waits for, though the rest goes on. */
export interface Degradation {
  /** Name of a check, or of a follower that stopped. */
  readonly part: string;
  /** Where it stopped: a height, or topic/partition/offset. */
  readonly at?: string;
  readonly reason: string;
}

export interface ReadinessState {
  /** By check: why no request should come here; empty: ready. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly degraded: readonly Degradation[];
}

interface Check {
  readonly check: ReadinessCheck;
  readonly needed: boolean;
}

const CHECK_TIMEOUT_MS = 2_000;

/** Whether this process can do its work now. Liveness is the event loop only (D-17). */
export class Readiness {
  readonly #checks = new Map<string, Check>();
  readonly #followers: Standstill[] = [];
  #stopping = false;
  started = false;

  /**
   * A later check of the same name replaces the earlier one; what it resolves to counts when it is text, what it throws
   * is a reason.
   * @param options.needed false: the service works on without it and stays ready, but tells; default true
   */
  add(name: string, check: ReadinessCheck, options: {needed?: boolean} = {}): void {
    this.#checks.set(name, {check, needed: options.needed ?? true});
  }

  /** The places at which it stands degrade the process; it stays ready for everything else. */
  addFollower(follower: Standstill): void {
    this.#followers.push(follower);
  }

  /** From now on not ready: the process drains. */
  stop(): void {
    this.#stopping = true;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  async look(): Promise<ReadinessState> {
    if (this.#stopping) return {reasons: {process: 'stopping'}, degraded: []};
    if (!this.started) return {reasons: {process: 'starting'}, degraded: []};
    const found = await Promise.all(
      [...this.#checks].map(async ([name, {check, needed}]) => ({name, needed, reason: await reasonOf(check)})),
    );
    const waits = found.flatMap(({name, needed, reason}) =>
      reason === undefined ? [] : [{needed, part: name, reason} as const],
    );
    return {
      reasons: Object.fromEntries(waits.flatMap(({needed, part, reason}) => (needed ? [[part, reason]] : []))),
      degraded: [
        ...waits.flatMap(({needed, part, reason}) => (needed ? [] : [{part, reason}])),
        ...this.#followers.flatMap(({places}) => places),
      ],
    };
  }
}

async function reasonOf(check: ReadinessCheck): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      resolve('no answer in time');
    }, CHECK_TIMEOUT_MS);
  });
  try {
    const reason = await Promise.race([Promise.resolve(check()), late]);
    return typeof reason === 'string' ? reason : undefined;
  } catch (error) {
    const name = error instanceof DomainError ? error.code : error instanceof Error ? error.name : 'failed';
    const why = accessReason(error);
    return why === undefined ? name : `${name}: ${why}`;
  } finally {
    clearTimeout(timer);
  }
}
