import {mkdirSync} from 'node:fs';
import {setTimeout as pause} from 'node:timers/promises';
import {faketime, faketimeLibrary} from '../../drill/faketime.js';
import type {Chance} from '../chance.js';
import {SERVICES, ownData} from '../stage.js';
import type {Stage} from '../stage.js';
import {done, hold} from './fault.js';
import type {Done} from './fault.js';

const TEN_MINUTES = 600;

/** Each service in turn, with nobody in its place. */
export async function rolling(stage: Stage, chance: Chance): Promise<Done> {
  const order = chance.some(SERVICES, SERVICES.length);
  for (const name of order) {
    await stage.service(name).stop();
    await stage.service(name).start();
  }
  return {what: order.join(', '), count: 1, kills: 0};
}

/** A second replica of a service comes, works beside the first, and is killed. */
export async function secondReplica(stage: Stage, chance: Chance): Promise<Done> {
  const name = chance.of(SERVICES);
  const second = await stage.service(name).replica();
  await pause(chance.between(2_000, 6_000));
  second.kill();
  return done([name], 1);
}

/** One service believes that it is ten minutes later, or earlier. */
export async function wrongClock(stage: Stage, chance: Chance): Promise<Done> {
  const folder = ownData(stage, 'faketime');
  mkdirSync(folder, {recursive: true});
  const [name, seconds] = [chance.of(SERVICES), chance.of([-TEN_MINUTES, TEN_MINUTES])];
  const env = faketime(await faketimeLibrary(folder), seconds);
  await stage.service(name).stop();
  await stage.service(name).start({env});
  const others = SERVICES.filter((other) => other !== name);
  const kills = await hold(stage, chance, [4_000, 10_000], others);
  await stage.service(name).stop();
  await stage.service(name).start();
  return {what: `${name} ${seconds} s`, count: 1, kills};
}
