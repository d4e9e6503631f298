import {READINGS_OF_RECORD} from '../pipeline/load-order.js';
import {Pipeline} from '../pipeline/pipeline.js';
import {PIPELINE} from '../pipeline/config.js';
import {diskFact, diskUseOf} from '../pipeline/disk-use.js';
import {costFacts, timeline} from '../pipeline/facts.js';
import type {Moment} from '../pipeline/pipeline.js';
import {profileProcess} from '../pipeline/profile-process.js';
import {processesOf} from '../pipeline/system.js';
import {arms} from '../suite/arms.js';
import type {Fact, Row} from '../suite/row.js';
import {setTimeout as pause} from 'node:timers/promises';

const [ACCEPTED, ANCHORED, PINS] = ['accepted', 'anchored', 'pins'];
const {minutes: MINUTES, mostOpen: MOST_OPEN, offered: OFFERED} = PIPELINE;
const ROUNDS = 5;
const QUICK_SECONDS = 5;
const PROFILED_SECONDS = 15;
/** What is open at the end is anchored in so long, or the disk of it is counted without. */
const SETTLING_MS = 60_000;

/**
 * Everything on one machine: four validators, three IPFS peers, Kafka, PostgreSQL, the four services, and the clients.
 * Devices post bodies of 25 sealed records of 64 readings each, and hold back while as much as eight seconds of the
 * target is acknowledged and not anchored: no queue grows, and what is measured is what goes on for ever.
 */
export const ROW_15: Row = {
  number: '15',
  title: 'the whole way: readings acknowledged and anchored, on one machine with every engine',
  arms: [...arms('readings/s', ACCEPTED, ANCHORED), ...arms('for 2,000 readings', PINS)],
  claims: [
    {
      title: 'readings anchored, a second',
      target: {atLeast: 30_000},
      of: (round) => round[ANCHORED] ?? 0,
      whenMissed:
        'two cores have 4.3 ms for a record at this rate, and the whole wants more: the facts below say which process ' +
        'how much, storage by step is row 15s. Its Kafka client, Prisma and canonical decoding share what is left there.',
    },
    {title: 'anchored ÷ acknowledged', of: (round) => (round[ANCHORED] ?? 0) / (round[ACCEPTED] ?? 1)},
    {title: 'pins for 2,000 readings (budget 14)', target: {atMost: 1}, of: (round) => round[PINS] ?? Number.NaN},
  ],
  rounds: {full: ROUNDS, quick: 1},
  limitSeconds: 300 + MINUTES * 60,
  setup: async (context) => {
    const {quick, profile, say} = context;
    const pipeline = await Pipeline.start(context, {patients: quick ? 6 : 16, followedEvery: 10});
    const seconds = quick ? QUICK_SECONDS : (MINUTES * 60) / (ROUNDS + 1);
    const moments: Moment[] = [];
    const disk = await diskUseOf(pipeline.platform);
    pipeline.offer(OFFERED, MOST_OPEN);
    moments.push(await pipeline.moment());
    return {
      // All arms are of one window: the first one waits for its end.
      sample: async (arm) => {
        if (arm === ACCEPTED) {
          await pause(seconds * 1_000);
          moments.push(await pipeline.moment());
          say(timeline(moments.slice(-1)));
        }
        const [from, to] = moments.slice(-2) as [Moment, Moment];
        if (arm === PINS) {
          const readings = (to.anchored - from.anchored) * READINGS_OF_RECORD;
          return (2_000 * (to.pins - from.pins)) / Math.max(1, readings);
        }
        const records = arm === ACCEPTED ? to.accepted - from.accepted : to.anchored - from.anchored;
        return (records * READINGS_OF_RECORD) / ((to.atMs - from.atMs) / 1_000);
      },
      facts: async () => {
        const [first, last] = [moments[1] ?? moments[0], moments.at(-1)] as [Moment, Moment];
        const facts: Fact[] = [{title: 'acknowledged, taken, packed, anchored, over time', value: timeline(moments)}];
        facts.push(...costFacts(first, last), refusals(pipeline));
        if (profile) facts.push(...(await profileBusiest(pipeline, first, last)));
        await pipeline.settled(SETTLING_MS);
        facts.push(diskFact(disk, await diskUseOf(pipeline.platform), pipeline.clients.accepted));
        return facts;
      },
    };
  },
};

async function profileBusiest({platform}: Pipeline, first: Moment, last: Moment): Promise<Fact[]> {
  const processes = processesOf(platform);
  const node = ['storage', 'ingest', 'policy'].flatMap((name) => {
    const pid = processes.get(name);
    return pid === undefined ? [] : [[name, pid] as const];
  });
  const busy = (name: string): number => (last.uses.get(name)?.cpuMs ?? 0) - (first.uses.get(name)?.cpuMs ?? 0);
  const [busiest] = node.toSorted(([a], [b]) => busy(b) - busy(a));
  return busiest === undefined ? [] : profileProcess(...busiest, PROFILED_SECONDS);
}

const refusals = ({clients: {refused}}: Pipeline): Fact => ({
  title: 'bodies that were sent back, and posted again',
  value: [...refused].map(([why, times]) => `${why}: ${times}`).join(' · ') || 'none',
});
