import {LIMITS, slotOf} from '@vitalvault/contracts';
import {chooseEntries} from '../domain/choose-entries.js';
import {numbersBelow, roomOf} from '../domain/entry-limits.js';
import type {BucketOwner, EntryParameters} from '../domain/entry-limits.js';
import {inTurn, takeTurns} from '../domain/take-turns.js';
import type {
  AnchorStore,
  EntryToAnchor,
  LaneQuestion,
  LedgerCursor,
  WaitingEntry,
  WaitingLane,
  WaitingOwner,
} from './ports.js';

/** Owners who are looked at together: the first entry of each fits into one transaction, whatever its size. */
const OWNERS = 25;
/** Registrations of one owner that are looked at in one turn of hers. */
const LANES = 8;
/** Entries that are read for one transaction, about: twice as many as it takes. */
const READ = 2 * LIMITS.anchorEntries;

/**
 * What goes into the next transaction. Only what the ledger's window and the buckets of device, owner and organisation
 * admit: all else would be refused at our cost. Owners take turns in a ring, and an owner's devices in theirs: nobody
 * waits for another's backlog longer than for a turn of each owner (docs/adr/0032).
 */
export class EntryQueue {
  #after = '';
  #round = 0;
  #heldNow = 0;
  #held = 0;

  constructor(
    private readonly options: {now: () => number; parameters: EntryParameters},
    private readonly anchors: Pick<AnchorStore, 'waiting' | 'entriesOf' | 'load' | 'ownBucket'>,
  ) {}

  /** Registrations that wait for a number that never came, as the last whole round of the ring has found. */
  get held(): number {
    return this.#held;
  }

  /** @param head newest block whose effect is stored */
  async next(head: LedgerCursor): Promise<EntryToAnchor[]> {
    const room = this.#room('organisation', await this.anchors.ownBucket(), head);
    const most = Math.min(LIMITS.anchorEntries, room);
    // Once round the ring, from where the last transaction ended, and to its end once more.
    for (let ends = 0; ends < 2 && most > 0;) {
      const owners = await this.anchors.waiting(this.#after, OWNERS);
      const chosen = await this.#choose(owners, head, most);
      if (this.#goOn(owners)) ends++;
      if (chosen.length > 0) return chooseEntries(await this.anchors.load(chosen));
    }
    return [];
  }

  // Whether the ring is at its end.
  #goOn(owners: readonly WaitingOwner[]): boolean {
    const end = owners.length < OWNERS;
    this.#after = end ? '' : (owners.at(-1)?.patient ?? '');
    if (!end) return false;
    this.#round++;
    [this.#held, this.#heldNow] = [this.#heldNow, 0];
    return true;
  }

  async #choose(owners: readonly WaitingOwner[], head: LedgerCursor, most: number): Promise<WaitingEntry[]> {
    const waiting = owners.map(({lanes, ...owner}) => ({
      room: this.#room('owner', owner, head),
      lanes: inTurn(this.#judged(lanes, head), this.#round, LANES),
    }));
    const asked = waiting.flatMap(({room, lanes}) => (room > 0 ? lanes : []));
    if (asked.length === 0) return [];
    const found = await this.anchors.entriesOf(asked, {
      nowMs: this.options.now(),
      slot: slotOf(head.blockTime) + 1,
      most: Math.max(2, Math.min(most, Math.ceil(READ / asked.length))),
    });
    const entries = new Map(asked.map((lane, index) => [lane, found[index] ?? []]));
    const turns = waiting.map(({room, lanes}) => ({
      room,
      lanes: lanes.map((lane) => ({
        device: lane.device,
        room: this.#room('device', lane, head),
        entries: entries.get(lane) ?? [],
      })),
    }));
    return takeTurns(turns, most);
  }

  // Those of which the ledger would take a number now; the others wait for one that did not come.
  #judged(lanes: readonly WaitingLane[], {height, blockTime}: LedgerCursor): (WaitingLane & LaneQuestion)[] {
    const block = {height, time: blockTime};
    const bounded = lanes.map((lane) => ({...lane, below: numbersBelow(lane, block, this.options.parameters)}));
    const now = bounded.filter(({first, below}) => first < below);
    this.#heldNow += lanes.length - now.length;
    return now;
  }

  #room(of: BucketOwner, {tokens, underWay}: Pick<WaitingLane, 'tokens' | 'underWay'>, head: LedgerCursor): number {
    return roomOf(tokens, {of, underWay, parameters: this.options.parameters}, head.blockTime);
  }
}
