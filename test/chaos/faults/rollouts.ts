import {eventually} from '@vitalvault/testkit';
import {mkdirSync} from 'node:fs';
import {setTimeout as pause} from 'node:timers/promises';
import {faketime, faketimeLibrary} from '../../drill/faketime.js';
import type {Chance} from '../chance.js';
import type {HostedService} from '../hosted-service.js';
import {SERVICES, ownData} from '../stage.js';
import type {Stage} from '../stage.js';
import {done, hold} from './fault.js';
import type {Done} from './fault.js';

const TEN_MINUTES = 600;
/** What a consumer says that met a field which it does not know. @spec docs/adr/0045 */
const STANDS = 'NewerMessage';
const STANDS_MS = 60_000;
const PRODUCERS = ['policy', 'ingest'] as const;
const CONSUMERS = ['storage', 'notify'] as const;

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

/** Two of each service work, and are killed; then each is rolled out, while whoever calls it is led to the other. */
export async function twoOfEach(stage: Stage, chance: Chance): Promise<Done> {
  const seconds = new Map<string, HostedService>();
  const kills = chance.between(4, 8);
  try {
    for (const name of SERVICES) seconds.set(name, await stage.service(name).replica());
    for (let i = 0; i < kills; i++) {
      const name = chance.of(SERVICES);
      const hit = chance.of([stage.service(name), seconds.get(name) ?? stage.service(name)]);
      hit.kill();
      await pause(chance.between(100, 1_000));
      await hit.start();
      await pause(chance.between(500, 1_500));
    }
    for (const name of chance.some(SERVICES, SERVICES.length)) {
      const first = stage.service(name);
      stage.lead(name, 'second');
      await first.stop();
      await first.start();
      stage.lead(name, 'first');
      await seconds.get(name)?.stop();
    }
  } finally {
    for (const name of SERVICES) stage.lead(name, 'first');
    for (const second of seconds.values()) await second.stop();
  }
  return done([...SERVICES], kills);
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

/**
 * Half of the services are of a later version, which writes a field more; then all are, to the end of the round.
 * Consumers that do not know the field stand, say so, and go on when they are later too.
 */
export async function versionSkew(stage: Stage, chance: Chance): Promise<Done> {
  const tree = await stage.laterTree();
  const [before, after] = chance.of([
    [PRODUCERS, CONSUMERS],
    [CONSUMERS, PRODUCERS],
  ] as const);
  const move = async (names: readonly string[]): Promise<void> => {
    for (const name of names) {
      await stage.service(name).stop();
      stage.service(name).belongTo(tree);
      await stage.service(name).start();
    }
  };
  await move(before);
  const kills = await hold(stage, chance, [3_000, 8_000]);
  if (before === PRODUCERS) await consumersSay(stage, (said) => said.includes(STANDS));
  await move(after);
  await consumersSay(stage, (said) => !said.includes(STANDS));
  return {what: `${before.join(', ')} before ${after.join(', ')}`, count: 1, kills};
}

/** @throws Error when one of them does not say so in time */
async function consumersSay(stage: Stage, isRight: (readyz: string) => boolean): Promise<void> {
  for (const name of CONSUMERS)
    await eventually(
      async () => {
        const said = await stage.service(name).readyz();
        if (!isRight(said)) throw new Error(`${name} beside another version says: ${said}`);
      },
      STANDS_MS,
      500,
    );
}
