import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {setTimeout as pause} from 'node:timers/promises';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {eventually} from '@vitalvault/testkit';
import {enrolPatient, openOffice} from './platform/actors.js';
import {BODY, Flood, post} from './platform/flood.js';
import {IngestReplicas} from './platform/ingest-replicas.js';
import {thePlatform} from './platform/platform.js';
import type {Platform} from './platform/platform.js';
import {Ward} from './platform/ward.js';

/** A small one: ten times as much comes also from a slow machine. */
const QUOTA = {ownerBurst: 128, ownerRefillPerSecond: 8};
const SETTINGS = {
  VITALVAULT_OWNER_BURST: String(QUOTA.ownerBurst),
  VITALVAULT_OWNER_REFILL_PER_SECOND: String(QUOTA.ownerRefillPerSecond),
};
const TEN_TIMES = 10 * QUOTA.ownerRefillPerSecond;
const FLOOD_MS = 8_000;
const OTHERS = 3;
/** Each of the others, far below her quota. */
const PAUSE_MS = 250;

describe('one owner posts ten times her quota to three replicas of ingest', () => {
  let platform: Platform;
  let flood: Flood;
  let replicas: IngestReplicas | undefined;
  const wards: Ward[] = [];
  const theirs: PostedRecord[] = [];
  const refused: unknown[] = [];

  beforeAll(async () => {
    platform = thePlatform();
    // One after the other: all offices are of one sponsor, whose transactions are numbered.
    for (let i = 0; i < OTHERS; i++) wards.push(await Ward.open(platform));
    const [office, [{now}]] = [await openOffice(platform), wards as [Ward]];
    flood = await Flood.of(office, await enrolPatient(office, now - 100), now);
    replicas = await IngestReplicas.start(platform, 3, SETTINGS);
  });
  afterAll(() => replicas?.stop());

  /** Not the one that the launcher started, whose quotas are larger. */
  const urls = (): readonly string[] => replicas?.urls.slice(1) ?? [];

  async function wear({records}: Ward, until: number): Promise<void> {
    for (let turn = 0; performance.now() < until; turn++) {
      const posted = records.next();
      const answer = await post(urls()[turn % urls().length] ?? '', [posted]);
      if (answer === undefined) theirs.push(posted);
      else refused.push(answer);
      await pause(PAUSE_MS);
    }
  }

  it('all of them together take what one would, and tell her when to come again: who keeps to it is taken by another one', async () => {
    flood.begin(urls(), TEN_TIMES);
    await Promise.all(wards.map((ward) => wear(ward, performance.now() + FLOOD_MS)));
    await flood.end();
    const allowed = QUOTA.ownerBurst + QUOTA.ownerRefillPerSecond * flood.seconds;
    process.stdout.write(
      `flood: ${flood.accepted.length} of ${Math.floor(allowed)} records taken in ${flood.seconds.toFixed(1)} s, ${flood.refused.length} bodies refused; ${theirs.length} of others\n`,
    );
    expect(flood.accepted.length).toBeLessThanOrEqual(allowed);
    expect(flood.accepted.length).toBeGreaterThan(QUOTA.ownerBurst - BODY);
    expect(new Set(flood.refused.map(({status, code}) => `${status} ${code}`))).toEqual(
      new Set(['429 quota-exceeded']),
    );
    // Who is over by what a replica remembers is told the least that she has to wait; whoever asks storage knows it.
    const body = flood.next(QUOTA.ownerBurst / 2, 1);
    const waits: number[] = [];
    for (let over = await post(urls()[0] ?? '', body); over !== undefined;) {
      waits.push(over.retryAfterSeconds);
      await pause(over.retryAfterSeconds * 1_000);
      over = await post(urls()[waits.length % urls().length] ?? '', body);
    }
    expect(waits.length).toBeGreaterThanOrEqual(1);
    expect(waits.length).toBeLessThanOrEqual(urls().length);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1);
  });

  it('nobody else is refused anything, and what they posted is on the ledger beside hers', async () => {
    expect(refused).toEqual([]);
    expect(theirs.length).toBeGreaterThanOrEqual(OTHERS);
    const [ward] = wards as [Ward];
    await eventually(
      async () => {
        const states = await Promise.all(theirs.map((posted) => ward.stateOf(posted)));
        expect(new Set(states)).toEqual(new Set(['anchored']));
      },
      60_000,
      500,
    );
  });

  it('too many of hers that wait for the ledger: 429 at each replica before anything is taken, until some are anchored', async () => {
    const few = await IngestReplicas.start(platform, 2, {VITALVAULT_OWNER_WAITING: '20'});
    try {
      const [, one = '', other = ''] = few.urls;
      const [{owner, office, now}] = wards as [Ward];
      const devices = await Flood.of(office, owner, now);
      expect(await post(one, devices.next(21))).toMatchObject({status: 413, code: 'too-many-records'});
      const bodies = [0, 1, 2, 3].map((device) => devices.next(16, device));
      const answers = [];
      for (const [i, body] of bodies.entries()) answers.push(await post(i % 2 === 0 ? one : other, body));
      const over = answers.flatMap((answer, i) => (answer === undefined ? [] : [{answer, body: bodies[i] ?? []}]));
      expect(over.length).toBeGreaterThan(0);
      for (const {answer} of over) {
        expect(answer).toMatchObject({status: 429, code: 'quota-exceeded'});
        expect(answer.detail).toContain('would wait for the ledger');
        expect(answer.retryAfterSeconds).toBeGreaterThanOrEqual(1);
        expect(answer.retryAfterSeconds).toBeLessThanOrEqual(60);
      }
      for (const {answer, body} of over) {
        let seconds = answer.retryAfterSeconds;
        await eventually(async () => {
          await pause(seconds * 1_000);
          const again = await post(other, body);
          seconds = again?.retryAfterSeconds ?? 0;
          expect(again).toBeUndefined();
        }, 60_000);
      }
    } finally {
      await few.stop();
    }
  });
});
