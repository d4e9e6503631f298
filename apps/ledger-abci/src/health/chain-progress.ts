/** CometBFT opens one connection each for consensus, pool, queries and snapshots. */
const ABCI_CONNECTIONS = 4;
/** Empty blocks come every 10 s; four of them missing is no accident of the network. */
const STALLED_MS = 40_000;
/** A block is a few seconds old when it is decided; an older one is of the past that this validator catches up with. */
const OLD_BLOCK_MS = 60_000;

interface SeenBlock {
  readonly height: bigint;
  readonly atMs: number;
  readonly ageMs: number;
}

/** Whether the chain goes on through this validator, from what it sees itself. */
export class ChainProgress {
  #last: SeenBlock | undefined;
  #since: number;

  #connections: () => number = () => 0;

  constructor(private readonly nowMs: () => number) {
    this.#since = nowMs();
  }

  /** The state is read and the socket open. @param connections how many CometBFT has open */
  serving(connections: () => number): void {
    [this.#since, this.#connections] = [this.nowMs(), connections];
  }

  /** A block is durable. `timeSeconds` is the block's own, Unix. */
  committed({height, time}: {readonly height: bigint; readonly time: bigint}): void {
    const atMs = this.nowMs();
    this.#last = {height, atMs, ageMs: atMs - Number(time) * 1_000};
  }

  /** Height of the last block since the start; undefined: none came yet. */
  get height(): bigint | undefined {
    return this.#last?.height;
  }

  /** Since the time of that block, milliseconds; undefined: none came yet. */
  get blockAgeMs(): number | undefined {
    return this.#last && Math.max(0, this.#last.ageMs + this.nowMs() - this.#last.atMs);
  }

  /** Why this validator does not take part now; undefined: it does. */
  reason(): string | undefined {
    const connections = this.#connections();
    if (connections < ABCI_CONNECTIONS)
      return `CometBFT is not connected (${String(connections)} of ${String(ABCI_CONNECTIONS)} connections)`;
    const silentMs = this.nowMs() - (this.#last?.atMs ?? this.#since);
    if (silentMs > STALLED_MS)
      return `no block for ${inSeconds(silentMs)}: fewer than two thirds of the validators may be up, or this one reaches none of them`;
    if (this.#last === undefined) return 'no block since the start yet';
    if (this.#last.ageMs > OLD_BLOCK_MS)
      return `syncing: at height ${this.#last.height}, whose block is ${inSeconds(this.#last.ageMs)} old`;
    return undefined;
  }
}

const inSeconds = (milliseconds: number): string => `${String(Math.floor(milliseconds / 1_000))} s`;
