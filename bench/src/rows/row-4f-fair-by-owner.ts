import {setTimeout as pause} from 'node:timers/promises';
import pg from 'pg';
import {enrolPatient, openOffice} from '../../../test/e2e/platform/actors.js';
import {Flood, QUOTA} from '../../../test/e2e/platform/flood.js';
import {IngestReplicas} from '../../../test/e2e/platform/ingest-replicas.js';
import {SteadyLoad} from '../fairness/steady-load.js';
import type {Times} from '../fairness/steady-load.js';
import {startSystem} from '../pipeline/system.js';
import {arms, quotient} from '../suite/arms.js';
import type {Row} from '../suite/row.js';

const REPLICAS = 3;
const OWNERS = 16;
/** Of what the system anchors at the most. */
const SHARE = 0.3;
/** An empty bucket is full again. */
const REFILL_MS = (1_000 * QUOTA.ownerBurst) / QUOTA.ownerRefillPerSecond;

const QUIET = {accept: 'POST → receipt, quiet', anchor: 'POST → anchored, quiet'};
const FLOODED = {accept: 'POST → receipt, beside the flood', anchor: 'POST → anchored, beside the flood'};

/**
 * Three processes of ingest, and owners who post at 30 % of what the system anchors: alone, and beside one owner whose
 * devices post at ten times her quota, with her whole burst at its beginning.
 */
export const ROW_4F: Row = {
  number: '4f',
  title: 'p99 of the others beside one owner at ten times her quota, three replicas of ingest',
  arms: arms('ms', QUIET.accept, QUIET.anchor, FLOODED.accept, FLOODED.anchor),
  claims: [
    {title: 'POST → receipt: beside ÷ quiet', target: {atMost: 2}, of: quotient(FLOODED.accept, QUIET.accept)},
    {title: 'POST → anchored: beside ÷ quiet', target: {atMost: 2}, of: quotient(FLOODED.anchor, QUIET.anchor)},
  ],
  rounds: {full: 5, quick: 1},
  limitSeconds: 900,
  setup: async (context) => {
    const {scratch, quick, say} = context;
    const platform = await startSystem(context);
    const database = new pg.Client({connectionString: new URL('/vv_storage', platform.endpoints.postgres).href});
    await database.connect();
    scratch.defer(() => database.end());
    const replicas = await IngestReplicas.start(platform, REPLICAS - 1);
    scratch.defer(() => replicas.stop());
    say('enrolling owners and their devices');
    const office = await openOffice(platform);
    const slot = await office.ledger.slot();
    const {urls} = replicas;
    const others = await SteadyLoad.open(office, {owners: OWNERS, slot, urls, database});
    const flooder = await enrolPatient(office, slot - 100);
    const flood = await Flood.of(office, flooder, slot);
    const capacity = await others.capacity(quick ? 1_000 : 3_000);
    const seconds = quick ? 6 : 12;
    say(`${capacity.toFixed(0)} records/s are anchored at the most`);
    const measured = new Map<string, number>();
    let flooded = {accepted: 0, offered: 0, seconds: 0};
    const run = async (names: typeof QUIET, load: () => Promise<Times>): Promise<void> => {
      const {accepted, anchored} = await load();
      measured.set(names.accept, p99(accepted)).set(names.anchor, p99(anchored));
    };
    const steady = (): Promise<Times> => others.run(SHARE * capacity, seconds);
    return {
      // One run gives both figures of its arm.
      sample: async (arm) => {
        if (arm === QUIET.accept) await run(QUIET, steady);
        if (arm === FLOODED.accept) {
          await pause(REFILL_MS);
          const before = flood.accepted.length;
          flood.begin(urls, 10 * QUOTA.ownerRefillPerSecond);
          await run(FLOODED, () => steady().finally(() => flood.end()));
          flooded = {
            accepted: flooded.accepted + flood.accepted.length - before,
            offered: flooded.offered + 10 * QUOTA.ownerRefillPerSecond * flood.seconds,
            seconds: flooded.seconds + flood.seconds,
          };
        }
        return measured.get(arm) ?? Number.NaN;
      },
      facts: () => [
        {title: 'capacity', value: `${capacity.toFixed(0)} records/s anchored; the others post 30 % of that`},
        {
          title: 'of the flood',
          value: `${(flooded.offered / flooded.seconds).toFixed(0)} records/s offered, ${(flooded.accepted / flooded.seconds).toFixed(0)} taken; ${QUOTA.ownerRefillPerSecond} and her burst are hers`,
        },
      ],
    };
  },
};

const p99 = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(0.99 * (times.length - 1))] ?? Number.NaN;
