import {setTimeout as pause} from 'node:timers/promises';
import type {Chance} from '../chance.js';
import {SERVICES, victim} from '../stage.js';
import type {Stage, Victim} from '../stage.js';
import {done} from './fault.js';
import type {Done} from './fault.js';

/** One to five at once, of which one may be a validator, and one an IPFS peer: what the platform promises to bear. */
function victims(stage: Stage, chance: Chance): Victim[] {
  const others = [...SERVICES, 'kafka', 'postgres'].map(victim);
  return chance.some([...others, chance.of(stage.validators), chance.of(stage.peers)], chance.between(1, 5));
}

/** Some times in a row: who has come back has not caught up with what was missed. A minute has time for one. */
export async function kill(stage: Stage, chance: Chance): Promise<Done> {
  const all: string[] = [];
  for (let times = stage.restless ? chance.between(2, 4) : 1; times > 0; times--) {
    const hit = victims(stage, chance);
    for (const one of hit) stage.kill(one);
    await pause(chance.between(100, 1_500));
    await stage.start(hit);
    all.push(...hit.map(({name}) => name));
  }
  return done(all, all.length);
}

/** Stands still, keeps its connections, and goes on as if nothing had been. */
export async function freeze(stage: Stage, chance: Chance): Promise<Done> {
  const hit = victims(stage, chance);
  for (const one of hit) stage.signal(one, 'SIGSTOP');
  try {
    await pause(chance.between(1_000, 7_000));
  } finally {
    for (const one of hit) stage.signal(one, 'SIGCONT');
  }
  return done(hit.map(({name}) => name));
}
