import type {BlockPeer, Lease, PackStore, ReleasableRecord, UnnamedRoots} from './ports.js';

export interface RepairOptions {
  readonly timeoutMs: number;
  /** Longer than a repair takes. */
  readonly lease: Lease;
  readonly onRepaired: (record: ReleasableRecord, peer: number) => void;
  /** @param why an error, or what the peer gave afterwards */
  readonly onFailed: (record: ReleasableRecord, peer: number, why: unknown) => void;
}

const MAX_WAITING = 100;

/**
 * Has damaged copies written anew from a good one: one after the other, beside the reading that found them, which does
 * not wait.
 */
export class RepairBlocks {
  readonly #inHand = new Set<string>();
  #tail: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly options: RepairOptions,
    private readonly ports: {packs: Pick<PackStore, 'rewrite'>; roots: Pick<UnnamedRoots, 'keepUntil' | 'forget'>},
  ) {}

  /** Does nothing for a copy that is in hand already, nor when a hundred wait: the next reading finds what was left. */
  execute(record: ReleasableRecord, peer: BlockPeer, bytes: Uint8Array): void {
    const {packRoot, cid} = record;
    const copy = `${cid} ${String(peer.index)}`;
    if (packRoot === undefined || this.#inHand.has(copy) || this.#inHand.size >= MAX_WAITING) return;
    this.#inHand.add(copy);
    this.#tail = this.#tail
      .then(() => this.#repair(record, peer, {root: packRoot, bytes}))
      .finally(() => {
        this.#inHand.delete(copy);
      });
  }

  /** Waits for what is in hand. */
  drain(): Promise<void> {
    return this.#tail;
  }

  /** Begins none of those that wait: the next reading finds them again. */
  stop(): void {
    this.#stopped = true;
  }

  async #repair(
    record: ReleasableRecord,
    peer: BlockPeer,
    {root, bytes}: {root: string; bytes: Uint8Array},
  ): Promise<void> {
    const {timeoutMs, lease, onRepaired, onFailed} = this.options;
    const {packs, roots} = this.ports;
    if (this.#stopped) return;
    try {
      // The block is pinned by itself while it is written.
      await roots.keepUntil(record.cid, lease);
      await packs.rewrite(root, {cid: record.cid, bytes});
      await roots.forget(record.cid, lease.owner);
      const {outcome} = await peer.blockGet(record.cid, {timeoutMs, maxBytes: record.ciphertextBytes});
      if (outcome === 'served') onRepaired(record, peer.index);
      else onFailed(record, peer.index, outcome);
    } catch (error) {
      onFailed(record, peer.index, error);
    }
  }
}
