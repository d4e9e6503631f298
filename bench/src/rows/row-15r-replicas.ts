import {setTimeout as pause} from 'node:timers/promises';
import {HostedService, REPLICA_OFFSET} from '../../../test/chaos/hosted-service.js';
import {Clients} from '../pipeline/clients.js';
import {PIPELINE} from '../pipeline/config.js';
import {READINGS_OF_RECORD} from '../pipeline/load-order.js';
import {Pipeline} from '../pipeline/pipeline.js';
import {stagesOf} from '../pipeline/stages.js';
import {arms, quotient} from '../suite/arms.js';
import type {Row} from '../suite/row.js';

const [ONE, TWO] = ['one of each service', 'two of each service'];
const {offered: OFFERED, mostOpen: MOST_OPEN} = PIPELINE;
const SERVICES = ['policy', 'notify', 'storage', 'ingest'];
const LOOK_MS = 1_000;
/** Queues are full, and a replica that came has its partitions. */
const FILLING_MS = 15_000;
const NOBODY = Number.MAX_SAFE_INTEGER;

/**
 * The system of row 15 at what it bears, with one and with two replicas of each service in turn, on the same two cores.
 * The second ingest is posted to as the first is; the second storage takes its part of Kafka's partitions, packs and
 * anchors; the second policy and notify follow the ledger and their topics. Their gRPC is asked at the first one.
 */
export const ROW_15R: Row = {
  number: '15r',
  title: 'two replicas of each service, beside one, at saturation on the same machine',
  arms: arms('readings/s anchored', ONE, TWO),
  claims: [
    {
      title: 'two ÷ one',
      target: {atLeast: 0.95},
      of: quotient(TWO, ONE),
      whenMissed:
        'a second policy and a second notify take every block and event once more, on the same two cores. On machines ' +
        "of their own they take it from nobody: then what is shared decides, PostgreSQL's rows and the ledger.",
    },
  ],
  rounds: {full: 2, quick: 1},
  limitSeconds: 900,
  setup: async (context) => {
    const {quick, scratch} = context;
    const pipeline = await Pipeline.start(context, {patients: quick ? 4 : 16, followedEvery: NOBODY});
    const {platform, order} = pipeline;
    const seconds = SERVICES.map((name) => HostedService.beside(platform, name));
    scratch.defer(async () => {
      await Promise.all(seconds.map((second) => second.stop()));
    });
    const clients = {
      [ONE]: await Clients.start({...order, devices: everyOther(order.devices, 0)}, context),
      [TWO]: await Clients.start(
        {...order, ingest: order.ingest.flatMap(withReplica), devices: everyOther(order.devices, 1)},
        context,
      ),
    };
    const windowMs = quick ? 10_000 : 30_000;
    return {
      prepare: async (arm) => {
        for (const second of seconds) await (arm === TWO ? second.start() : second.stop());
      },
      sample: async (arm) => {
        const own = clients[arm];
        if (own === undefined) throw new Error('no such clients');
        const before = {accepted: own.accepted, ...(await stagesOf(platform))};
        const driven = drive(own, async () => own.accepted - before.accepted - (await since(before)));
        await pause(FILLING_MS);
        const [began, from] = [performance.now(), await since(before)];
        await pause(windowMs);
        const [ended, to] = [performance.now(), await since(before)];
        await driven.stop();
        return ((to - from) * READINGS_OF_RECORD) / ((ended - began) / 1_000);
      },
      facts: () => [
        {
          title: 'bodies that were sent back, and posted again',
          value: Object.entries(clients)
            .map(([arm, {refused}]) => `${arm}: ${[...refused].map(([why, n]) => `${why} ${n}`).join(', ') || 'none'}`)
            .join(' · '),
        },
      ],
    };

    async function since({anchored}: {readonly anchored: number}): Promise<number> {
      return (await stagesOf(platform)).anchored - anchored;
    }
  },
};

const everyOther = <T>(all: readonly T[], rest: number): T[] => all.filter((_one, place) => place % 2 === rest);

function withReplica(url: string): string[] {
  const second = new URL(url);
  second.port = String(Number(second.port) + REPLICA_OFFSET);
  return [url, second.origin];
}

/** Posts at the rate of row 15, and holds back while too much is acknowledged and not anchored. */
function drive(clients: Clients, open: () => Promise<number>): {stop: () => Promise<void>} {
  let going = true;
  const run = async (): Promise<void> => {
    while (going) {
      clients.go((await open()) < MOST_OPEN ? OFFERED : 0);
      await pause(LOOK_MS);
    }
    clients.go(0);
    // What is on its way belongs to no other window.
    while ((await open()) > 0) await pause(LOOK_MS);
  };
  const ended = run();
  return {
    stop: async () => {
      going = false;
      await ended;
    },
  };
}
