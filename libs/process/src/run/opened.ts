/** Long enough for what answers, and nobody waits longer for a process that does not come up. */
const ABANDON_MS = 5_000;

/**
 * What a start has opened, so that it is closed in the one order that is always right, last opened first, and closed
 * too when the start fails half way. (Node 20 has no AsyncDisposableStack.)
 */
export class Opened {
  readonly #closers: (() => unknown)[] = [];
  #closing: Promise<void> | undefined;

  /** Notes how `thing` is closed. @returns it */
  add<T>(thing: T, close: (thing: T) => unknown): T {
    this.#closers.push(() => close(thing));
    return thing;
  }

  /** Closes everything, each although another failed. @throws what failed, AggregateError when several did */
  close(): Promise<void> {
    return (this.#closing ??= this.#closeAll());
  }

  /** After a start that failed: closes what it can within five seconds and never throws, for that would hide why. */
  async abandon(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ABANDON_MS);
    });
    await Promise.race([this.close().catch(() => undefined), late]);
    clearTimeout(timer);
  }

  async #closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 1) throw new AggregateError(failures, 'several parts did not close');
    if (failures.length === 1) throw failures[0];
  }
}
