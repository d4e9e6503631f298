import type {CommittedLog} from './committed-log.js';

/** The maps that go on living. */
export interface LivingState {
  readonly values: ReadonlyMap<string, Uint8Array>;
  readonly logs: ReadonlyMap<string, CommittedLog>;
}

/**
 * The state as it was after one block, for as long as it takes to write it down, while the blocks behind it go on
 * changing the living one. It costs nothing to begin; a value that is about to change is kept as it was, a log that
 * grows is remembered by its size. Values come in no order, and one that changes just after it was read comes twice,
 * the same.
 */
export class FrozenState {
  private readonly before = new Map<string, Uint8Array | undefined>();
  private readonly sizes = new Map<string, number>();
  private allRead = false;

  constructor(private readonly living: LivingState) {}

  /** To be told before a value changes or goes. @param value undefined: there is none yet */
  beforeValue(name: string, value: Uint8Array | undefined): void {
    if (!this.allRead && !this.before.has(name)) this.before.set(name, value);
  }

  /** To be told before a log grows. */
  beforeLeaf(name: string, size: number): void {
    if (!this.sizes.has(name)) this.sizes.set(name, size);
  }

  *values(): Generator<{name: string; value: Uint8Array}> {
    // A Map may change while it is walked through: what is added is still met, what is deleted is not.
    for (const [name, value] of this.living.values) if (!this.before.has(name)) yield {name, value};
    this.allRead = true;
    for (const [name, value] of this.before) if (value !== undefined) yield {name, value};
    this.before.clear();
  }

  *logs(): Generator<{log: CommittedLog; size: number}> {
    for (const [name, log] of this.living.logs) {
      const size = this.sizes.get(name) ?? log.tree.size;
      if (size > 0) yield {log, size};
    }
  }
}
