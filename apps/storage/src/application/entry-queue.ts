import {LIMITS, slotOf} from '@vitalvault/contracts';
import {chooseEntries} from '../domain/choose-entries.js';
import {numbersBelow, roomOf} from '../domain/entry-limits.js';
import type {BucketOwner, EntryParameters} from '../domain/entry-limits.js';
import {restMs} from '../domain/settle-anchor.js';
import {inTurn, takeTurns} from '../domain/take-turns.js';
import type {Waiting} from '../domain/take-turns.js';
import type {
  AnchorStore,
  EntryToAnchor,
  LaneQuestion,
  LedgerCursor,
  LookedAt,
  WaitingEntry,
  WaitingLane,
  WaitingOwner,
} from './ports.js';

/** Owners who are looked at together: the first entry of each fits into one transaction, whatever its size. */
const OWNERS = 25;
/** Registrations of one owner that are looked at in one turn of hers. */
const LANES = 8;
/** How often it is checked that nobody waits unseen, and of how many owners at once: a step in an index for each. */
const CHECK_MS = 3_600_000;
const CHECKED = 1_000;
/** Entries that are read for one transaction, about: twice as many as it takes. */
const READ = 2 * LIMITS.anchorEntries;

/**
 * What goes into the next transaction. Only what the ledger's window and the buckets of device, owner and organisation
 * admit: all else would be refused at our cost. Owners take turns in a ring, and an owner's devices in theirs: nobody
 * waits for another's backlog longer than for a turn of each owner (docs/adr/0032). Who could send nothing leaves the
 * ring and rests, longer each time, until something of hers comes or is free again: a look costs what can be sent, and
 * one page of those whose rest is over.
 */
export class EntryQueue {
  #after = '';
  #round = 0;
  #held = 0;
  #check = {after: '', atMs: 0};

  constructor(
    private readonly options: {
      now: () => number;
      parameters: EntryParameters;
      /** Owners who waited and would never have been looked at. */
      onLost: (owners: number) => void;
    },
    private readonly anchors: Pick<
      AnchorStore,
      'awake' | 'rested' | 'looked' | 'held' | 'wakeLost' | 'entriesOf' | 'load' | 'ownBucket'
    >,
  ) {}

  /** Registrations that wait for a number that never came, as it was at the last end of the ring. */
  get held(): number {
    return this.#held;
  }

  /** @param head newest block whose effect is stored */
  async next(head: LedgerCursor): Promise<EntryToAnchor[]> {
    await this.#wakeLost();
    const room = this.#room('organisation', await this.anchors.ownBucket(), head);
    const most = Math.min(LIMITS.anchorEntries, room);
    if (most > 0) await this.#choose(await this.anchors.rested(this.options.now(), OWNERS), head, 0);
    // Once round the ring, from where the last transaction ended, and to its end once more.
    for (let ends = 0; ends < 2 && most > 0;) {
      const owners = await this.anchors.awake(this.#after, OWNERS);
      const chosen = await this.#choose(owners, head, most);
      if (await this.#goOn(owners)) ends++;
      if (chosen.length > 0) return chooseEntries(await this.anchors.load(chosen));
    }
    return [];
  }

  // At the start and hourly, a page with each look: an entry of somebody who is in no list would wait for ever.
  async #wakeLost(): Promise<void> {
    const nowMs = this.options.now();
    if (nowMs < this.#check.atMs) return;
    const {last, lost} = await this.anchors.wakeLost(this.#check.after, CHECKED);
    this.#check = last === undefined ? {after: '', atMs: nowMs + CHECK_MS} : {after: last, atMs: nowMs};
    if (lost > 0) this.options.onLost(lost);
  }

  // Whether the ring is at its end.
  async #goOn(owners: readonly WaitingOwner[]): Promise<boolean> {
    const end = owners.length < OWNERS;
    this.#after = end ? '' : (owners.at(-1)?.patient ?? '');
    if (!end) return false;
    this.#round++;
    this.#held = await this.anchors.held();
    return true;
  }

  async #choose(owners: readonly WaitingOwner[], head: LedgerCursor, most: number): Promise<WaitingEntry[]> {
    const waiting = owners.map((owner) => {
      const judged = this.#judged(owner.lanes, head);
      return {
        owner,
        room: this.#room('owner', owner, head),
        held: owner.lanes.length - judged.length,
        // Of many, the next ones with each look at her: a round of the ring may be the same at each end of her rest.
        lanes: inTurn(inTurn(judged, owner.looks * LANES, LANES), this.#round, LANES),
        many: judged.length > LANES,
      };
    });
    const asked = waiting.flatMap(({room, lanes}) => (room > 0 ? lanes : []));
    const found = await this.#due(asked, head, most);
    const entries = new Map(asked.map((lane, index) => [lane, found[index] ?? []]));
    const turns = waiting.map(({room, lanes}) => ({
      room,
      lanes: lanes.map((lane) => ({
        device: lane.device,
        room: this.#room('device', lane, head),
        entries: entries.get(lane) ?? [],
      })),
    }));
    await this.anchors.looked(
      waiting.flatMap(({owner, held, many}, place) => this.#lookedAt(owner, {held, many, able: canGive(turns[place])})),
    );
    return takeTurns(turns, most);
  }

  async #due(asked: readonly LaneQuestion[], head: LedgerCursor, most: number): Promise<WaitingEntry[][]> {
    if (asked.length === 0) return [];
    return this.anchors.entriesOf(asked, {
      nowMs: this.options.now(),
      slot: slotOf(head.blockTime) + 1,
      most: Math.max(2, Math.min(most, Math.ceil(READ / asked.length))),
    });
  }

  // Who has nothing now that could be sent rests; who has something again is awake. Nothing when both stay as they are.
  #lookedAt(owner: WaitingOwner, {held, many, able}: {held: number; many: boolean; able: boolean}): LookedAt[] {
    const {patient, woken} = owner;
    if (able && !many && owner.rests === 0 && owner.held === held) return [];
    const rests = able ? 0 : owner.rests + 1;
    const lookAtMs = able ? 0 : this.options.now() + restMs(rests);
    // Who leaves her rest for what was found is looked at once more for it.
    const looks = able && owner.rests > 0 ? owner.looks : owner.looks + 1;
    return [{patient, woken, rests, held, lookAtMs, looks}];
  }

  // Those of which the ledger would take a number now; the others wait for one that did not come.
  #judged(lanes: readonly WaitingLane[], {height, blockTime}: LedgerCursor): (WaitingLane & LaneQuestion)[] {
    const block = {height, time: blockTime};
    const bounded = lanes.map((lane) => ({...lane, below: numbersBelow(lane, block, this.options.parameters)}));
    return bounded.filter(({first, below}) => first < below);
  }

  #room(of: BucketOwner, {tokens, underWay}: Pick<WaitingLane, 'tokens' | 'underWay'>, head: LedgerCursor): number {
    return roomOf(tokens, {of, underWay, parameters: this.options.parameters}, head.blockTime);
  }
}

const canGive = (turn: Waiting<WaitingEntry> | undefined): boolean =>
  turn !== undefined && turn.room > 0 && turn.lanes.some(({room, entries}) => room > 0 && entries.length > 0);
