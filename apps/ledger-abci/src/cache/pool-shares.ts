import {LIMITS} from '@vitalvault/contracts';
import type {Account} from '@vitalvault/ledger-state';

interface Amount {
  readonly txs: number;
  readonly bytes: number;
}

/** A transaction as far as its share goes. */
export interface Sharer extends Account {
  readonly rights: boolean;
  /** It carries one; such are rights too, and counted by themselves. */
  readonly succession: boolean;
  readonly bytes: number;
}

const NOTHING: Amount = {txs: 0, bytes: 0};
const POOL: Amount = {txs: LIMITS.mempoolTxs, bytes: LIMITS.mempoolBytes};
const part = ({txs, bytes}: Amount, of: number): Amount => ({txs: Math.floor(txs * of), bytes: Math.floor(bytes * of)});

/** What an organisation has of each lane, with all of its keys, its members and the patients it sponsored. */
const ORGANISATION = 1 / 4;

/**
 * Parts of the pool, none of which keeps another out, and what an actor has of each: of rights so little that nobody
 * keeps out the others of her organisation. Of successions the first that is executed ends all others of the key.
 */
const LANES = {
  successions: {all: part(POOL, 1 / 16), actor: {txs: 4, bytes: 262_144}},
  rights: {all: part(POOL, 3 / 16), actor: {txs: 64, bytes: 262_144}},
  others: {all: part(POOL, 12 / 16), actor: {txs: 64, bytes: 1_048_576}},
} as const;

/**
 * Counts what waits in the pool: of each lane in all, by organisation and by actor.
 * @spec docs/protocol.md §4.7
 */
export class PoolShares {
  private readonly counted = new Map<string, Amount>();

  /** Whether one more has room in each share that it would be counted in. */
  admit(sharer: Sharer): boolean {
    return sharesOf(sharer).every(({name, most}) => {
      const {txs, bytes} = this.counted.get(name) ?? NOTHING;
      return txs < most.txs && bytes + sharer.bytes <= most.bytes;
    });
  }

  /** @param sign 1: it waits now · -1: it does so no more */
  count(sharer: Sharer, sign: 1 | -1): void {
    for (const {name} of sharesOf(sharer)) {
      const {txs, bytes} = this.counted.get(name) ?? NOTHING;
      if (txs + sign === 0) this.counted.delete(name);
      else this.counted.set(name, {txs: txs + sign, bytes: bytes + sign * sharer.bytes});
    }
  }
}

function sharesOf({succession, rights, actor, organisation}: Sharer): {name: string; most: Amount}[] {
  const lane = succession ? 'successions' : rights ? 'rights' : 'others';
  const {all, actor: own} = LANES[lane];
  return [
    {name: lane, most: all},
    {name: `${lane} of organisation ${organisation}`, most: part(all, ORGANISATION)},
    {name: `${lane} of ${actor}`, most: own},
  ];
}
