/** A clock that moves when told. */
export class FakeClock {
  #nowMs: number;

  /** @param startMs Unix milliseconds; default 2026-01-01T00:00:00Z. */
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  readonly now = (): number => this.#nowMs;
  readonly seconds = (): number => Math.floor(this.#nowMs / 1_000);

  advance(milliseconds: number): void {
    this.#nowMs += milliseconds;
  }
}
