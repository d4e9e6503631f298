import {factsOf} from '../domain/block-facts.js';
import type {BlockEffect, LedgerCursor, LedgerStore} from './ports.js';

export interface Block {
  readonly height: bigint;
  readonly timeSeconds: bigint;
  /** Of its header. */
  readonly hash?: Uint8Array;
  readonly txs: readonly Uint8Array[];
  readonly results: readonly {readonly code: number; readonly data: Uint8Array}[];
}

/** Takes the effects of blocks into the database: outcomes of anchors, decided requests, device keys. */
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

  /** @returns the newest block whose effect is stored: the first to follow is the one after it */
  async begin(): Promise<LedgerCursor> {
    const cursor = await this.ports.ledger.cursor();
    // Of a database that came back older the head is older, too; that a header was seen stays true.
    this.#head = cursor.height > 0n ? cursor : undefined;
    if (cursor.height > this.#seen) this.#seen = cursor.height - 1n;
    return cursor;
  }

  /** @param blocks in order, each one height above the one before it */
  async execute(...blocks: readonly Block[]): Promise<void> {
    const taken = blocks.map(({height, timeSeconds: blockTime, hash, txs, results}) => ({
      at: {height, blockTime, hash},
      facts: factsOf(txs, results, this.ports.ownKey),
    }));
    const [last, newest] = [blocks.at(-1), taken.at(-1)?.at];
    if (last === undefined || newest === undefined) return;
    const effect = await this.ports.ledger.apply(...taken);
    this.#head = newest;
    this.#seen = last.txs.length > 0 ? last.height : last.height - 1n;
    await this.ports.onEffect(newest, effect);
  }
}
