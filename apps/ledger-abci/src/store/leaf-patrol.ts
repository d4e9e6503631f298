import {StoreError} from './store-error.js';

/** A log, and how its leaves are read: with their hashes checked. */
export interface PatrolledLog {
  readonly size: number;
  /** @throws StoreError when the leaf is damaged */
  readonly read: (index: number) => unknown;
}

export interface PatrolState {
  /** What is wrong with the first damaged leaf of this round or the last one, and how many there are. */
  readonly damaged: {readonly first: string; readonly count: number} | undefined;
  /** Rounds over all leaves since the start. */
  readonly rounds: number;
}

/**
 * Reads every leaf of every log again, a few at a time, round after round: a start with a snapshot does not read those
 * that lie in older changelogs, so damage there would be found only when somebody asks for that leaf.
 */
export class LeafPatrol {
  private waiting: Iterator<() => unknown> | undefined;
  private first: string | undefined;
  private count = 0;
  private last: PatrolState['damaged'];
  private rounds = 0;

  /** @param logs all that there are now */
  constructor(private readonly logs: () => Iterable<PatrolledLog>) {}

  get state(): PatrolState {
    const now = this.first === undefined ? undefined : {first: this.first, count: this.count};
    return {damaged: now ?? this.last, rounds: this.rounds};
  }

  /** Reads up to `most` leaves. @throws what is no damage */
  step(most: number): void {
    for (let read = 0; read < most; read++) {
      const next = (this.waiting ??= leavesOf(this.logs())).next();
      if (next.done === true) {
        this.endRound();
        return;
      }
      try {
        next.value();
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.first ??= error.message;
        this.count += 1;
      }
    }
  }

  private endRound(): void {
    this.last = this.first === undefined ? undefined : {first: this.first, count: this.count};
    [this.waiting, this.first, this.count, this.rounds] = [undefined, undefined, 0, this.rounds + 1];
  }
}

function* leavesOf(logs: Iterable<PatrolledLog>): Generator<() => unknown> {
  for (const {size, read} of logs) for (let index = 0; index < size; index++) yield () => read(index);
}
