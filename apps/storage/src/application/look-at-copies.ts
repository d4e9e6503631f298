import type {PackCopies, PinnedRoots} from './ports.js';

export interface LookOptions {
  /** Peers that a pack needs. */
  readonly least: number;
  readonly stopping: AbortSignal;
}

/** More that are short are not remembered: with so many a person looks at the peers. */
const MOST_SHORT = 1_000;
/** Of those found short, looked at again with one turn. */
const AGAIN = 4;

/**
 * Looks whether enough peers say that they hold what is pinned: one pack a turn, all of them in turn, and those that
 * were found short again. What a peer that does not answer would say is not guessed: that it is away is told elsewhere.
 */
export class LookAtCopies {
  #after = '';
  /** Root → copies; looked at longest ago first. */
  readonly #short = new Map<string, number>();

  constructor(
    private readonly options: LookOptions,
    private readonly ports: {readonly roots: PinnedRoots; readonly packs: PackCopies},
  ) {}

  /** Packs that too few peers hold, and those that none does. */
  get short(): {readonly belowMinimum: number; readonly nowhere: number} {
    const copies = [...this.#short.values()];
    const nowhere = copies.filter((count) => count === 0).length;
    return {belowMinimum: copies.length - nowhere, nowhere};
  }

  /** @returns false: nobody waits for the next turn */
  async execute(): Promise<false> {
    const {roots} = this.ports;
    const again = [...this.#short.keys()].slice(0, AGAIN);
    const pinned = again.length === 0 ? again : await roots.pinnedOf(again);
    for (const root of again)
      if (pinned.includes(root)) await this.#look(root);
      else this.#short.delete(root);
    const {root, after} = await roots.nextPinned(this.#after);
    this.#after = after ?? '';
    if (root !== undefined && !again.includes(root)) await this.#look(root);
    return false;
  }

  async #look(root: string): Promise<void> {
    const before = this.#short.get(root);
    const copies = (await this.ports.packs.copies(root, this.options.stopping)) ?? before;
    // Behind all others, whatever it is.
    this.#short.delete(root);
    if (copies !== undefined && copies < this.options.least && this.#short.size < MOST_SHORT)
      this.#short.set(root, copies);
  }
}
