/** Each red round leaves the folder of its system, of some hundred MiB. */
const MOST_RED = 3;

/** The seed of a round, counted from 0: by it that round alone can be played again. */
export const seedOf = (first: string, round: number): string => (round === 0 ? first : `${first}-${round}`);

/** How far several rounds have come. */
export interface Progress {
  readonly red: number;
  /** Somebody has ended them. */
  readonly ended: boolean;
  /** Unix milliseconds; without hours it is the begin, and one round is played. */
  readonly untilMs: number;
}

/** Whether another round is begun. */
export const mayGoOn = ({red, ended, untilMs}: Progress, nowMs: number): boolean =>
  !ended && red < MOST_RED && nowMs < untilMs;
