/** A transaction of the pool that a block may hold: `checkStructure` took it. */
export interface Candidate {
  readonly bytes: Uint8Array;
  readonly rights: boolean;
  /** It carries a succession. */
  readonly succession: boolean;
  /** Name of the key of its first signature. */
  readonly signer: string;
}

/**
 * Orders a proposal; in each step signers take turns, each with its own transactions in the order in which they came.
 *
 * 0. Successions, in an eighth of the block: whoever has stolen the key that they end keeps none of them out.
 * 1. Rights, one of each signer, up to a quarter of the block: nobody's flood keeps a revocation out.
 * 2. All others, a quarter of the block for each signer: nobody's rights keep them out, and nobody's flood.
 * 3. The rest of the rights, within the same quarter of their signers.
 * 4. Whatever is left when nobody else waits.
 *
 * Leaves out only what does not fit in `maxBytes`.
 * @spec docs/protocol.md §4.7; ABCI PrepareProposal
 */
export function orderProposal(candidates: readonly Candidate[], maxBytes: number): Uint8Array[] {
  const proposal = new Proposal(maxBytes);
  // What is kept for rights, and what one signer gets while others wait.
  const quarter = maxBytes >>> 2;
  const successions = takingTurns(candidates.filter(({succession}) => succession));
  const rights = takingTurns(candidates.filter(({rights: first}) => first));
  const others = takingTurns(candidates.filter(({rights: first}) => !first));
  proposal.take(successions, {total: maxBytes >>> 3, each: quarter});
  proposal.take(firstOfEach(rights), {total: quarter, each: quarter});
  proposal.take(others, {total: maxBytes, each: quarter});
  proposal.take(rights, {total: maxBytes, each: quarter});
  proposal.take([...rights, ...others], {total: maxBytes, each: maxBytes});
  return proposal.chosen;
}

class Proposal {
  readonly chosen: Uint8Array[] = [];
  readonly #in = new Set<Candidate>();
  readonly #bySigner = new Map<string, number>();
  #bytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** Adds what fits. @param most bytes of the whole proposal, and of each signer in it, after this step */
  take(candidates: readonly Candidate[], most: {total: number; each: number}): void {
    for (const candidate of candidates) {
      const size = sizeInBlock(candidate.bytes.length);
      const own = (this.#bySigner.get(candidate.signer) ?? 0) + size;
      const fits = this.#bytes + size <= Math.min(most.total, this.maxBytes) && own <= most.each;
      if (!fits || this.#in.has(candidate)) continue;
      this.#in.add(candidate);
      this.#bySigner.set(candidate.signer, own);
      this.#bytes += size;
      this.chosen.push(candidate.bytes);
    }
  }
}

function firstOfEach(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Set<string>();
  return candidates.filter(({signer}) => !seen.has(signer) && seen.add(signer));
}

/** Bytes that a transaction takes in CometBFT's block data: field number, length, bytes. */
export function sizeInBlock(txBytes: number): number {
  let size = txBytes + 2;
  for (let rest = txBytes; rest >= 128; rest >>>= 7) size++;
  return size;
}

function takingTurns(candidates: readonly Candidate[]): Candidate[] {
  const queues = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const queue = queues.get(candidate.signer);
    if (queue === undefined) queues.set(candidate.signer, [candidate]);
    else queue.push(candidate);
  }
  const order: Candidate[] = [];
  // A map keeps the order in which signers first came; who has no more leaves the round.
  let waiting = [...queues.values()];
  for (let round = 0; waiting.length > 0; round++) {
    for (const queue of waiting) order.push(queue[round] as Candidate);
    waiting = waiting.filter((queue) => queue.length > round + 1);
  }
  return order;
}

/**
 * Whether a proposed block keeps to the byte limit: part of ProcessProposal, with `checkStructure` of each transaction.
 */
export function fitsInBlock(txs: readonly Uint8Array[], maxBytes: number): boolean {
  return txs.reduce((sum, tx) => sum + sizeInBlock(tx.length), 0) <= maxBytes;
}
