import {setTimeout as pause} from 'node:timers/promises';
import type {Chance} from '../chance.js';
import {SERVICES} from '../stage.js';
import type {ServiceName, Stage} from '../stage.js';

/** What was done to a system: to whom, how many of them, and how many processes were killed meanwhile. */
export interface Done {
  readonly what: string;
  readonly count: number;
  readonly kills: number;
}

/** Does something bad, holds it, and puts it right again. */
export type Fault = (stage: Stage, chance: Chance) => Promise<Done>;

export interface Kind {
  readonly play: Fault;
  /** What it does is to kill: it is counted as kills, and as no other fault. */
  readonly kills?: boolean;
  /** How often it is drawn, beside the others. */
  readonly weight: number;
  /** Of one run; more would be another promise. */
  readonly most?: number;
  /** Not for `make test`, which has a minute. */
  readonly slow?: boolean;
  /** Whether this machine can do it. */
  readonly possible?: (path: string) => boolean;
}

export const done = (names: readonly string[], kills = 0): Done => ({
  what: names.join(', '),
  count: names.length,
  kills,
});

/**
 * The fault stands for a while, in which services are killed, or not, and again when they have just come back; they
 * begin to come back at once, and whoever plays faults waits for them when all is mended.
 * @param among who may be hit
 * @returns how many were
 */
export async function hold(
  stage: Stage,
  chance: Chance,
  [least, most]: readonly [number, number],
  among: readonly ServiceName[] = SERVICES,
): Promise<number> {
  const length = chance.between(least, most);
  const waves = Array.from({length: stage.restless ? chance.between(0, 2) : 0}, () =>
    chance.some(among, chance.between(1, 3)),
  );
  let kills = 0;
  for (const hit of waves) {
    await pause(length / (waves.length + 1));
    for (const service of hit.map((name) => stage.service(name))) {
      if (service.kill()) kills += 1;
      void service.begin();
    }
  }
  await pause(length / (waves.length + 1));
  return kills;
}
