/** Runs what it is given one after the other, in the order given. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when everything taken before has settled. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work, work);
    this.last = mine.catch(() => undefined);
    return mine;
  }
}
