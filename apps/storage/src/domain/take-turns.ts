/** One registration of a device, with what it has waiting, ascending by number. */
export interface Lane<E> {
  readonly device: string;
  /** Entries that its device's quota admits now. */
  readonly room: number;
  readonly entries: readonly E[];
}

/** An owner with what her devices have waiting. */
export interface Waiting<E> {
  /** Entries that her quota admits now. */
  readonly room: number;
  readonly lanes: readonly Lane<E>[];
}

/**
 * Fills one transaction by turns: of each owner one entry, then of each a second, and so on; within an owner her
 * devices take turns too. So what one of them has waiting never keeps an entry of another one out for more than a turn.
 * @param most entries of the transaction
 */
export function takeTurns<E>(owners: readonly Waiting<E>[], most: number): E[] {
  const taken: E[] = [];
  let turns = owners.map(turnsOf);
  while (turns.length > 0) {
    const left: typeof turns = [];
    for (const turn of turns) {
      if (taken.length === most) return taken;
      const {done, value} = turn.next();
      if (done === true) continue;
      taken.push(value);
      left.push(turn);
    }
    turns = left;
  }
  return taken;
}

function* turnsOf<E>({room, lanes}: Waiting<E>): Generator<E, undefined> {
  const places = lanes.map(() => 0);
  // Registrations of one device share its quota.
  const rooms = new Map(lanes.map((lane) => [lane.device, lane.room]));
  let left = room;
  for (let given = true; given;) {
    given = false;
    for (const [index, {device, entries}] of lanes.entries()) {
      const [place, ofDevice] = [places[index] ?? 0, rooms.get(device) ?? 0];
      const entry = entries[place];
      if (entry === undefined || ofDevice <= 0 || left <= 0) continue;
      [places[index], left, given] = [place + 1, left - 1, true];
      rooms.set(device, ofDevice - 1);
      yield entry;
    }
  }
  return undefined;
}

/** The lanes whose turn it is in this round: each comes first once in as many rounds as there are lanes. */
export function inTurn<L>(lanes: readonly L[], round: number, most: number): L[] {
  const start = lanes.length === 0 ? 0 : round % lanes.length;
  return [...lanes.slice(start), ...lanes.slice(0, start)].slice(0, most);
}
