/** About 3 ms of signatures: so long others wait, and twice as long where it begins. */
const STEPS = 32;

/**
 * Lets the work that a body brings go on step by step: so many steps in one turn of the event loop, of all requests
 * together, and each request has one after the other. A body of 1 MiB has 1,724 signatures: in one go everybody else
 * waited for all of them.
 */
export class Turns {
  #left = STEPS;
  #waiting: (() => void)[] = [];
  #scheduled = false;

  /** Resolves when one more step may be done: at once, or in a later turn. */
  async next(): Promise<void> {
    this.#schedule();
    if (this.#left > 0) this.#left--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const due = this.#waiting.splice(0, STEPS);
      this.#left = STEPS - due.length;
      if (due.length > 0) this.#schedule();
      for (const go of due) go();
    });
  }
}
