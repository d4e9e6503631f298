import {factsOf} from '../domain/block-facts.js';
import type {BlockEffect, LedgerCursor, LedgerStore} from './ports.js';

export interface Block {
  readonly height: bigint;
  readonly timeSeconds: bigint;
  readonly txs: readonly Uint8Array[];
  readonly results: readonly {readonly code: number; readonly data: Uint8Array}[];
}

/** Takes each block's effect into the database: outcomes of anchors, decided requests, device keys. */
export class FollowLedger {
  #head: LedgerCursor | undefined;
  #seen = 0n;

  constructor(
    private readonly ports: {
      /** Hexadecimal id of the key that this storage signs with. */
      ownKey: string;
      ledger: LedgerStore;
      onEffect: (block: LedgerCursor, effect: BlockEffect) => Promise<void>;
    },
  ) {}

  /** Newest block whose effect is stored; undefined until `begin`, or on a chain without blocks. */
  get head(): LedgerCursor | undefined {
    return this.#head;
  }

  /**
   * Height of the newest state whose header was seen: that before the newest block, or after it when it has
   * transactions, since such a block comes when the next header is there.
   */
  get seenHeight(): bigint {
    return this.#seen;
  }

  /** @returns the first height to follow */
  async begin(): Promise<bigint> {
    const cursor = await this.ports.ledger.cursor();
    // Of a database that came back older the head is older, too; that a header was seen stays true.
    this.#head = cursor.height > 0n ? cursor : undefined;
    if (cursor.height > this.#seen) this.#seen = cursor.height - 1n;
    return cursor.height + 1n;
  }

  async execute(block: Block): Promise<void> {
    const cursor = {height: block.height, blockTime: block.timeSeconds};
    const effect = await this.ports.ledger.apply(cursor, factsOf(block.txs, block.results, this.ports.ownKey));
    this.#head = cursor;
    this.#seen = block.txs.length > 0 ? block.height : block.height - 1n;
    await this.ports.onEffect(cursor, effect);
  }
}
