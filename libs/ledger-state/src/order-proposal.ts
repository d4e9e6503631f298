/** A transaction of the pool that a block may hold: `checkStructure` took it. */
export interface Candidate {
  readonly bytes: Uint8Array;
  readonly rights: boolean;
  /** Name of the key of its first signature. */
  readonly signer: string;
}

/**
 * Orders a proposal: rights first, then the rest; in each, signers take turns, each with its own transactions in the
 * order in which they came, so that nobody's flood delays another. Leaves out only what does not fit in `maxBytes`.
 * @spec docs/protocol.md §4; ABCI PrepareProposal
 */
export function orderProposal(candidates: readonly Candidate[], maxBytes: number): Uint8Array[] {
  const rights = candidates.filter(({rights: first}) => first);
  const rest = candidates.filter(({rights: first}) => !first);
  let left = maxBytes;
  const chosen: Uint8Array[] = [];
  for (const {bytes} of [...takingTurns(rights), ...takingTurns(rest)]) {
    const size = sizeInBlock(bytes.length);
    if (size > left) continue;
    left -= size;
    chosen.push(bytes);
  }
  return chosen;
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
