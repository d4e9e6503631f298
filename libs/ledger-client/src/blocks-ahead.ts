import type {BlockNode} from './ledger-client.js';
import type {LedgerBlock} from './ledger-reader.js';

/** A block with its own header, as one node gave both. Not verified. */
export interface FetchedBlock {
  readonly block: LedgerBlock;
  readonly header: string;
  readonly url: string;
}

interface Slot {
  readonly fetched: Promise<FetchedBlock | undefined>;
  /** Undefined until it is there. */
  bytes?: number;
}

/** A round trip for each block is what following an old chain would wait for: so many at once hide it. */
const MOST_BLOCKS = 32;
/** Of all that is fetched and not taken: a legal block may have half of it. */
const MOST_BYTES = 8 * 1_048_576;

/**
 * Fetches the blocks after the one at hand, all from the node whose turn it is, while that one is worked on. What fails
 * here is no answer: it is asked for again when its turn comes, by whoever judges nodes.
 */
export class BlocksAhead {
  readonly #slots = new Map<bigint, Slot>();
  #wide = 1;
  #largest = 0;

  /** @param nodes as they would be asked */
  constructor(private readonly nodes: () => readonly BlockNode[]) {}

  /** The block if it was fetched before and is there; fetches those after it, twice as many each time. */
  async from(height: bigint): Promise<FetchedBlock | undefined> {
    for (const one of this.#slots.keys()) if (one < height) this.#slots.delete(one);
    for (let next = height; next <= height + BigInt(this.#wide) && this.#hasRoom(); next += 1n) this.#fetch(next);
    this.#wide = Math.min(2 * this.#wide, MOST_BLOCKS);
    return this.at(height);
  }

  /** The block if it was fetched before and is there. */
  async at(height: bigint): Promise<FetchedBlock | undefined> {
    return this.#slots.get(height)?.fetched;
  }

  /** Nothing of what was fetched counts any more. */
  forget(): void {
    this.#slots.clear();
    this.#wide = 1;
  }

  /** What is under way is taken for as large as the largest that was seen. */
  #hasRoom(): boolean {
    let sum = 0;
    for (const {bytes = this.#largest} of this.#slots.values()) sum += bytes;
    return sum < MOST_BYTES;
  }

  #fetch(height: bigint): void {
    const [node] = this.nodes();
    if (node === undefined || this.#slots.has(height)) return;
    const slot: Slot = {fetched: fetchFrom(node, height).catch(() => undefined)};
    this.#slots.set(height, slot);
    void slot.fetched.then((fetched) => {
      slot.bytes = fetched === undefined ? 0 : bytesOf(fetched);
      this.#largest = Math.max(this.#largest, slot.bytes);
    });
  }
}

async function fetchFrom(node: BlockNode, height: bigint): Promise<FetchedBlock | undefined> {
  const [block, header] = await Promise.all([node.blockIfThere(height), node.lightBlock(height)]);
  return block === undefined ? undefined : {block, header, url: node.url};
}

function bytesOf({block: {txs, results}, header}: FetchedBlock): number {
  let bytes = header.length;
  for (const tx of txs) bytes += tx.length;
  for (const {data} of results) bytes += data.length;
  return bytes;
}
