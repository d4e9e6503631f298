import type {BlockPeer} from './ports.js';

/** A peer that did not answer is asked last for so long; then one reading tries it first again. */
const REST_MS = 10_000;

/** In which order peers are asked: as configured, those that were slow a moment ago last. */
export class PeerTurns {
  /** Unix milliseconds until which a slow peer rests. */
  readonly #rests = new Map<BlockPeer, number>();

  constructor(private readonly peers: readonly BlockPeer[]) {}

  /** For one reading. Whose rest is over gets one: until it has answered, the others go on without it. */
  inTurn(nowMs: number): BlockPeer[] {
    const slow = this.peers.filter((peer) => (this.#rests.get(peer) ?? 0) > nowMs);
    for (const peer of this.peers) if (this.#rests.has(peer) && !slow.includes(peer)) this.slow(peer, nowMs);
    return [...this.peers.filter((peer) => !slow.includes(peer)), ...slow];
  }

  slow(peer: BlockPeer, nowMs: number): void {
    this.#rests.set(peer, nowMs + REST_MS);
  }

  answered(peer: BlockPeer): void {
    this.#rests.delete(peer);
  }
}
