/** What the command of positions says of a partition. */
export interface Position {
  /** topic/partition */
  readonly place: string;
  /** Offset of the next record to take, as the service has stored it. */
  readonly stored: number;
  /** Offset that Kafka's next record gets. */
  readonly end: number;
  /** Kafka continues what is stored. Where the service has not looked yet, it may not say so itself. */
  readonly goesOn: boolean;
}

/** The place, what is stored, what Kafka has, and how it stands. @spec docs/operations/positions.md */
const LINE = /^(\S+\/\d+) {2}stored (\d+) of Kafka (\S+) {2}(?:Kafka has nothing|Kafka (\S+) has \d+ to (\d+)): (.*)$/;

/** @param said by `make positions`, a line each */
export function positionsIn(said: string): Position[] {
  return said.split('\n').flatMap((line) => {
    const [, place, stored, of, cluster, end, word] = LINE.exec(line) ?? [];
    if (place === undefined) return [];
    const [from, to] = [Number(stored), Number(end ?? 0)];
    return [{place, stored: from, end: to, goesOn: word === 'goes on' && cluster === of && from <= to}];
  });
}
