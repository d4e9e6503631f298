import {eventually} from '@vitalvault/testkit';
import {spawn} from 'node:child_process';
import {cpSync, renameSync, rmSync} from 'node:fs';
import {setTimeout as pause} from 'node:timers/promises';
import type {Chance} from '../chance.js';
import {positionsIn} from '../positions-text.js';
import type {Position} from '../positions-text.js';
import {ownData, victim} from '../stage.js';
import type {Stage} from '../stage.js';
import {done} from './fault.js';
import type {Done} from './fault.js';

const ROOT = new URL('../../..', import.meta.url).pathname;
/** A running service looks every half a minute whether its topics are there. @spec docs/operations/positions.md */
const STANDS_MS = 120_000;
const TAKEN_MS = 120_000;
const CONSUMERS = ['storage', 'notify'] as const;
const KAFKA = victim('kafka');

/** Kafka with nothing in it: whoever had taken from it stands and says so, until a person decides. */
export async function emptyKafka(stage: Stage): Promise<Done> {
  await quietly(stage, async () => {
    stage.kill(KAFKA);
    await pause(500);
    rmSync(ownData(stage, 'kafka', 'data'), {recursive: true, force: true});
    await stage.start([KAFKA]);
    for (const name of CONSUMERS) await decide(stage, name, 'another Kafka');
  });
  return done(['kafka']);
}

/** Kafka as it was some seconds ago: what was taken since is not there any more. */
export async function olderKafka(stage: Stage, chance: Chance): Promise<Done> {
  const [data, copy] = [ownData(stage, 'kafka', 'data'), ownData(stage, 'kafka', 'older')];
  await stage.engines.stop(KAFKA.parts);
  rmSync(copy, {recursive: true, force: true});
  cpSync(data, copy, {recursive: true, preserveTimestamps: true});
  await stage.start([KAFKA]);
  await pause(chance.between(4_000, 8_000));
  await quietly(stage, async () => {
    const taken = await Promise.all(CONSUMERS.map((name) => positions(stage, name)));
    stage.kill(KAFKA);
    await pause(500);
    rmSync(data, {recursive: true});
    renameSync(copy, data);
    await stage.start([KAFKA]);
    for (const [i, name] of CONSUMERS.entries()) {
      const ends = new Map((await positions(stage, name)).map(({place, end}) => [place, end]));
      const gone = taken[i]?.some(({place, stored}) => stored > (ends.get(place) ?? 0)) === true;
      if (gone) await decide(stage, name, 'records are gone');
    }
  });
  return done(['kafka']);
}

/** Nothing is under way any more, and nothing lies in Kafka alone; clients go on when the work is done. */
async function quietly(stage: Stage, work: () => Promise<void>): Promise<void> {
  try {
    await Promise.all(stage.loads.map((load) => load.hold()));
    await Promise.all(stage.loads.map((load) => load.settled()));
    const height = await stage.height();
    await eventually(() => mustBeTaken(stage, height), TAKEN_MS, 1_000);
    await work();
  } finally {
    for (const load of stage.loads) load.goOn();
  }
}

async function mustBeTaken(stage: Stage, height: number): Promise<void> {
  // In this order: what the ledger has comes to Kafka by policy's outbox.
  if ((await stage.projectedHeight()) < height) throw new Error(`policy has not projected block ${height}`);
  const left = await stage.outbox();
  if (left > 0) throw new Error(`${left} messages wait for Kafka`);
  for (const name of CONSUMERS) {
    const behind = (await positions(stage, name)).filter(({stored, end}) => stored !== end);
    if (behind.length > 0) throw new Error(`${name} has not taken all: ${behind.map(({place}) => place).join(', ')}`);
  }
}

/**
 * A consumer stands and says why; then the runbook's command has it begin. Each partition stands when it has looked, so
 * the command is given until none is left.
 */
async function decide(stage: Stage, name: string, reason: string): Promise<void> {
  const mustSay = async (): Promise<void> => {
    const said = await stage.service(name).readyz();
    if (!said.includes(reason)) throw new Error(`${name} does not say "${reason}": ${said}`);
  };
  await eventually(mustSay, STANDS_MS, 500);
  const mustGoOn = async (): Promise<void> => {
    await command(stage, name, '--begin', '--by', 'chaos');
    const left = (await positions(stage, name)).filter(({goesOn}) => !goesOn);
    if (left.length > 0) throw new Error(`${name} stands: ${left.map(({place}) => place).join(', ')}`);
  };
  await eventually(mustGoOn, STANDS_MS, 1_000);
}

async function positions(stage: Stage, name: string): Promise<Position[]> {
  const {code, said} = await command(stage, name);
  const found = positionsIn(said);
  // Under load each of them has taken something: none found is a text that we cannot read.
  if (code !== 0 || found.length === 0) throw new Error(`positions ${name}: exit code ${code}: ${said}`);
  return found;
}

/** The runbook's command, with what it asks for typed. @spec docs/operations/positions.md */
async function command(stage: Stage, name: string, ...more: string[]): Promise<{code: number | null; said: string}> {
  const program = ['apps/launcher/dist/main.js', 'positions', '--data', stage.platform.data, name, ...more];
  const child = spawn(process.execPath, program, {cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit']});
  // It may have ended meanwhile; then its exit code says so.
  child.stdin.on('error', () => undefined);
  let [said, answered] = ['', 0];
  child.stdout.on('data', (piece: Buffer) => {
    said += piece.toString();
    const asked = [...said.matchAll(/type (\S+): /g)];
    for (const [, place] of asked.slice(answered)) child.stdin.write(`${place ?? ''}\n`);
    answered = asked.length;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return {code, said};
}
