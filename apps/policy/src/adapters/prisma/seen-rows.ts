/** Rows of one table as the effects of some blocks see them: what was stored before, and over it what they have put. */
export class SeenRows<Row> {
  readonly #rows = new Map<string, Row | undefined>();
  readonly #put = new Set<string>();

  /** What is stored under these places: `found`, and nothing under the others. What was put stays. */
  stored(places: readonly string[], found: ReadonlyMap<string, Row>): void {
    for (const place of places) if (!this.#put.has(place)) this.#rows.set(place, found.get(place));
  }

  put(place: string, row: Row): void {
    this.#rows.set(place, row);
    this.#put.add(place);
  }

  /** @param load asked once when nobody has told what is stored there */
  async at(place: string, load: () => Promise<Row | undefined>): Promise<Row | undefined> {
    if (!this.#rows.has(place)) this.#rows.set(place, await load());
    return this.#rows.get(place);
  }

  /** What was put since the last call, the newest of each place. */
  takePut(): Row[] {
    const rows = [...this.#put].map((place) => this.#rows.get(place) as Row);
    this.#put.clear();
    return rows;
  }
}
