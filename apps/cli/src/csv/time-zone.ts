const MINUTES_15 = 900_000;
const DAY_MS = 86_400_000;
const MOST_KNOWN = 5_000;

/** Local times of a place, by the rules of its IANA zone. */
export class TimeZone {
  private readonly format: Intl.DateTimeFormat;
  private readonly offsets = new Map<number, number>();

  /** @throws RangeError when there is no such zone */
  constructor(readonly name: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      ...{timeZone: name, hourCycle: 'h23', calendar: 'gregory'},
      ...{year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric'},
    });
  }

  /**
   * Instants (Unix milliseconds) that a clock there shows as this: none in the hour that is left out in spring, two in
   * the hour that comes twice in autumn, ascending.
   * @param localMs what the clock shows, as if it were UTC
   */
  instants(localMs: number): number[] {
    const offsets = new Set([this.offsetAt(localMs - DAY_MS), this.offsetAt(localMs + DAY_MS)]);
    return [...offsets]
      .map((offset) => localMs - offset)
      .filter((instant) => instant + this.offsetAt(instant) === localMs)
      .sort((a, b) => a - b);
  }

  private offsetAt(instant: number): number {
    // No zone changes within a quarter of an hour.
    const quarter = Math.floor(instant / MINUTES_15);
    let offset = this.offsets.get(quarter);
    if (offset === undefined) {
      if (this.offsets.size >= MOST_KNOWN) this.offsets.clear();
      offset = this.shown(quarter * MINUTES_15) - quarter * MINUTES_15;
      this.offsets.set(quarter, offset);
    }
    return offset;
  }

  private shown(instant: number): number {
    const parts = new Map(this.format.formatToParts(instant).map(({type, value}) => [type, Number(value)]));
    const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  }
}
