import type {BlockPeer, PackStore, ReleasableRecord} from './ports.js';

export interface RepairOptions {
  readonly timeoutMs: number;
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
    private readonly ports: {packs: PackStore},
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
    const {timeoutMs, onRepaired, onFailed} = this.options;
    if (this.#stopped) return;
    try {
      await this.ports.packs.rewrite(root, {cid: record.cid, bytes});
      const {outcome} = await peer.blockGet(record.cid, {timeoutMs, maxBytes: record.ciphertextBytes});
      if (outcome === 'served') onRepaired(record, peer.index);
      else onFailed(record, peer.index, outcome);
    } catch (error) {
      onFailed(record, peer.index, error);
    }
  }
}
