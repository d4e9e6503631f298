import {DomainError} from '@vitalvault/errors';
import {accessReason} from './access-reason.js';

/** One reason why a service is not ready; undefined: it is. */
export type ReadinessCheck = () => string | undefined | Promise<unknown>;

/** Reasons by check. */
export interface ReadinessState {
  /** Why no request should come here; empty: ready. */
  readonly reasons: Readonly<Record<string, string>>;
  /** What a part of the work waits for, though the rest goes on. */
  readonly degraded: Readonly<Record<string, string>>;
}

interface Check {
  readonly check: ReadinessCheck;
  readonly needed: boolean;
}

const CHECK_TIMEOUT_MS = 2_000;

/** Whether this process can do its work now. Liveness is the event loop only (D-17). */
export class Readiness {
  readonly #checks = new Map<string, Check>();
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

  /** From now on not ready: the process drains. */
  stop(): void {
    this.#stopping = true;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  async look(): Promise<ReadinessState> {
    if (this.#stopping) return {reasons: {process: 'stopping'}, degraded: {}};
    if (!this.started) return {reasons: {process: 'starting'}, degraded: {}};
    const found = await Promise.all(
      [...this.#checks].map(async ([name, {check, needed}]) => ({name, needed, reason: await reasonOf(check)})),
    );
    const those = (needed: boolean): Record<string, string> =>
      Object.fromEntries(
        found.flatMap((one) =>
          one.reason === undefined || one.needed !== needed ? [] : [[one.name, one.reason] as const],
        ),
      );
    return {reasons: those(true), degraded: those(false)};
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
