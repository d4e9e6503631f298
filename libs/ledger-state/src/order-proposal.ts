import type {Account} from './account.js';

/** A transaction of the pool that a block may hold: `checkStructure` took it. */
export interface Candidate extends Account {
  readonly bytes: Uint8Array;
  readonly rights: boolean;
  /** It carries a succession. */
  readonly succession: boolean;
}

/**
 * Orders a proposal. Successions, other rights and all others are three lanes; in each of them organisations take
 * turns, in each of these its actors, and each of these has its own transactions in the order in which they came.
 *
 * 0. Successions, in an eighth of the block: whoever has stolen the key that they end keeps none of them out.
 * 1. Rights, one of each actor, up to a quarter of the block: nobody's flood keeps a revocation out.
 * 2. All others, a quarter of the block for each organisation: nobody's rights keep them out, and nobody's flood.
 * 3. The rest of the rights, a quarter for each organisation with those of step 1.
 * 4. Whatever is left when no other organisation waits.
 *
 * So **the oldest of each lane is in every block**: it is the first of its lane, and its share holds the largest that
 * there is (`PARAMETER_BOUNDS.maxBlockBytes`). Who waits is in a block after as many as there are older ones in her
 * lane. Leaves out only what does not fit in `maxBytes`.
 * @spec docs/protocol.md §4.7; ABCI PrepareProposal
 */
export function orderProposal(candidates: readonly Candidate[], maxBytes: number): Uint8Array[] {
  const proposal = new Proposal(maxBytes);
  // What is kept for rights, and what one organisation gets of a lane while others wait.
  const quarter = maxBytes >>> 2;
  const successions = inTurns(candidates.filter(({succession}) => succession));
  const rights = inTurns(candidates.filter(({rights: right, succession}) => right && !succession));
  const others = inTurns(candidates.filter(({rights: right, succession}) => !right && !succession));
  // What an organisation has in one lane takes nothing of its share in another: its patients' rights would keep out
  // every transaction of its own that is larger than what they leave.
  const [ofRights, ofOthers] = [new Map<string, number>(), new Map<string, number>()];
  proposal.take(successions, {total: maxBytes >>> 3, each: quarter}, new Map());
  proposal.take(firstOfEach(rights), {total: quarter, each: quarter}, ofRights);
  proposal.take(others, {total: maxBytes, each: quarter}, ofOthers);
  proposal.take(rights, {total: maxBytes, each: quarter}, ofRights);
  proposal.take([...successions, ...others, ...rights], {total: maxBytes, each: maxBytes}, new Map());
  return proposal.chosen;
}

class Proposal {
  readonly chosen: Uint8Array[] = [];
  readonly #in = new Set<Candidate>();
  #bytes = 0;

  constructor(private readonly maxBytes: number) {}

  /**
   * Adds what fits.
   * @param most bytes of the whole proposal after this step, and of each organisation in its lane
   * @param lane bytes of each organisation in it so far
   */
  take(candidates: readonly Candidate[], most: {total: number; each: number}, lane: Map<string, number>): void {
    for (const candidate of candidates) {
      const size = sizeInBlock(candidate.bytes.length);
      const own = (lane.get(candidate.organisation) ?? 0) + size;
      const fits = this.#bytes + size <= Math.min(most.total, this.maxBytes) && own <= most.each;
      if (!fits || this.#in.has(candidate)) continue;
      this.#in.add(candidate);
      lane.set(candidate.organisation, own);
      this.#bytes += size;
      this.chosen.push(candidate.bytes);
    }
  }
}

function firstOfEach(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Set<string>();
  return candidates.filter(({actor}) => !seen.has(actor) && seen.add(actor));
}

/** Bytes that a transaction takes in CometBFT's block data: field number, length, bytes. */
export function sizeInBlock(txBytes: number): number {
  let size = txBytes + 2;
  for (let rest = txBytes; rest >= 128; rest >>>= 7) size++;
  return size;
}

function inTurns(candidates: readonly Candidate[]): Candidate[] {
  const organisations = queues(candidates, ({organisation}) => organisation);
  return takingTurns(organisations.map((own) => takingTurns(queues(own, ({actor}) => actor))));
}

/** By name, in the order in which the names first came. */
function queues(candidates: readonly Candidate[], nameOf: (candidate: Candidate) => string): Candidate[][] {
  const byName = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const name = nameOf(candidate);
    const queue = byName.get(name);
    if (queue === undefined) byName.set(name, [candidate]);
    else queue.push(candidate);
  }
  return [...byName.values()];
}

function takingTurns(all: readonly (readonly Candidate[])[]): Candidate[] {
  const order: Candidate[] = [];
  // Who has no more leaves the round.
  let waiting = all;
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
