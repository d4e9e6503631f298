import type {Lease, PackStore, UnnamedRoots} from './ports.js';

export interface SweepOptions {
  readonly now: () => number;
  readonly lease: Lease;
  readonly stopping: AbortSignal;
  readonly onDropped: () => void;
}

/** How often all pinned packs are looked through, and how many with one look. */
const ROUND_MS = 3_600_000;
const LOOKED_AT = 1_000;

/** Unpins packs that no record names: what was erased, and what a pack became that lost one of its records. */
export class SweepPacks {
  #round = {after: '', atMs: 0};

  constructor(
    private readonly options: SweepOptions,
    private readonly ports: {roots: UnnamedRoots; packs: Pick<PackStore, 'unpin'>},
  ) {}

  /** Looks at a page, then unpins one. @returns whether there may be more */
  async execute(): Promise<boolean> {
    const {lease, onDropped, stopping} = this.options;
    await this.#find();
    const root = await this.ports.roots.takeOut(lease);
    if (root === undefined) return this.#round.after !== '';
    await this.ports.packs.unpin(root, stopping);
    await this.ports.roots.forget(root, lease.owner);
    onDropped();
    return true;
  }

  async #find(): Promise<void> {
    const nowMs = this.options.now();
    if (nowMs < this.#round.atMs) return;
    const {last} = await this.ports.roots.find(this.#round.after, LOOKED_AT);
    this.#round = last === undefined ? {after: '', atMs: nowMs + ROUND_MS} : {after: last, atMs: nowMs};
  }
}
