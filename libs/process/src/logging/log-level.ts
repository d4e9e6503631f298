/** From the most talkative to the quietest. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof LOG_LEVELS)[number];

/** One who forgets it has a quiet log again after so long, and a full disk before. */
const MOST_SECONDS = 3_600;

const isLevel = (text: string): text is Level => LOG_LEVELS.some((level) => level === text);
const talksMore = (one: Level, other: Level): boolean => LOG_LEVELS.indexOf(one) < LOG_LEVELS.indexOf(other);

/**
 * Lowest level that a process logs: the one of its settings, or, for a time, a more talkative one that somebody asked
 * for while it ran. Never a quieter one: nobody silences what the settings say is logged.
 */
export class LogLevel {
  #asked: {readonly level: Level; readonly untilMs: number} | undefined;

  constructor(
    readonly configured: Level,
    private readonly now: () => number = Date.now,
  ) {}

  get current(): Level {
    return this.#holding?.level ?? this.configured;
  }

  /** Unix milliseconds at which `configured` holds again; undefined: it does. */
  get untilMs(): number | undefined {
    return this.#holding?.untilMs;
  }

  /** Logs from `level` on for so many seconds, then as before. @returns what is wrong with it; undefined: it holds */
  ask(level: string, seconds: number): string | undefined {
    if (!isLevel(level)) return `level is one of ${LOG_LEVELS.join(', ')}`;
    if (talksMore(this.configured, level)) return `${this.configured} is logged in any case`;
    if (!Number.isInteger(seconds) || seconds < 0 || seconds > MOST_SECONDS)
      return `seconds are 0 to ${String(MOST_SECONDS)}`;
    this.#asked = {level, untilMs: this.now() + seconds * 1_000};
    return undefined;
  }

  get #holding(): {readonly level: Level; readonly untilMs: number} | undefined {
    return this.#asked !== undefined && this.now() < this.#asked.untilMs ? this.#asked : undefined;
  }
}
