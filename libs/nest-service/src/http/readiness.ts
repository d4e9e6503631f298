/** One reason why a service is not ready; undefined: it is. */
export type ReadinessCheck = () => string | undefined | Promise<string | undefined>;

const CHECK_TIMEOUT_MS = 2_000;

/** Whether this process can do its work now. Liveness is the event loop only (D-17). */
export class Readiness {
  readonly #checks = new Map<string, ReadinessCheck>();
  #stopping = false;
  started = false;

  /** A later check of the same name replaces the earlier one. */
  add(name: string, check: ReadinessCheck): void {
    this.#checks.set(name, check);
  }

  /** From now on not ready: the process drains. */
  stop(): void {
    this.#stopping = true;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Reasons by check; empty: ready. */
  async reasons(): Promise<Record<string, string>> {
    if (this.#stopping) return {process: 'stopping'};
    if (!this.started) return {process: 'starting'};
    const found = await Promise.all([...this.#checks].map(async ([name, check]) => [name, await reasonOf(check)] as const));
    return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== undefined));
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
    return await Promise.race([Promise.resolve(check()), late]);
  } catch (error) {
    return error instanceof Error ? error.name : 'failed';
  } finally {
    clearTimeout(timer);
  }
}
