import {deviceIdOf, newSigningKey} from '@vitalvault/sdk';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {random} from '../../../test/e2e/platform/actors.js';
import {Clients} from '../pipeline/clients.js';
import {RECORDS_OF_BODY} from '../pipeline/load-order.js';
import {Pipeline} from '../pipeline/pipeline.js';
import {cpuMsOf} from '../pipeline/process-use.js';
import {profileProcess} from '../pipeline/profile-process.js';
import type {BareOrder} from '../pipeline/serve-bare.js';
import {startTold} from '../pipeline/start-told.js';
import {processesOf} from '../pipeline/system.js';
import {arms, quotient} from '../suite/arms.js';
import type {Row, RowContext} from '../suite/row.js';

const [INGEST, BARE] = ['ingest', 'bare server'];
/** Far below what either takes: it is asked what a request costs, not how many there can be. */
const BODIES_PER_SECOND = 8;
const BARE_PROGRAM = join(import.meta.dirname, '../pipeline/serve-bare.ts');
const PROFILED_SECONDS = 15;

/** Bodies of 25 records of 64 readings, posted to ingest in a running system, and to the least that it could be. */
export const ROW_03: Row = {
  number: '3',
  title: 'ingest, beside a bare server that verifies, signs receipts and writes to Kafka with acks=all',
  arms: arms('CPU ms for a body of 25', INGEST, BARE),
  claims: [{title: 'ingest ÷ bare server', target: {atMost: 1.6}, of: quotient(INGEST, BARE)}],
  rounds: {full: 3, quick: 1},
  setup: async (context) => {
    const {quick, profile} = context;
    const pipeline = await Pipeline.start(context, {patients: 4, followedEvery: 1_000});
    const bare = await startBare(pipeline, context);
    const ingest = {pid: processesOf(pipeline.platform).get('ingest') ?? 0, clients: pipeline.clients};
    return {
      // Neither has anything left of what was before.
      prepare: async () => {
        await pipeline.settled(60_000);
      },
      sample: async (arm) => {
        const {pid, clients} = arm === INGEST ? ingest : bare;
        clients.go(BODIES_PER_SECOND * RECORDS_OF_BODY);
        await pause(2_000);
        const [before, bodies] = [cpuMsOf(pid), clients.answered];
        await pause(quick ? 4_000 : 10_000);
        const spent = (cpuMsOf(pid) - before) / (clients.answered - bodies);
        clients.go(0);
        await pause(1_000);
        return spent;
      },
      facts: async () => {
        if (!profile) return [];
        ingest.clients.go(BODIES_PER_SECOND * RECORDS_OF_BODY);
        return profileProcess('ingest', ingest.pid, PROFILED_SECONDS);
      },
    };
  },
};

async function startBare(pipeline: Pipeline, context: RowContext): Promise<{pid: number; clients: Clients}> {
  // The same configurations with keys that no ledger knows: these devices have numbers of their own.
  const devices = pipeline.order.devices.map(({config}) => ({key: newSigningKey(random), config}));
  const order: BareOrder = {
    brokers: [pipeline.platform.endpoints.kafka],
    topic: 'bench.bare',
    keys: Object.fromEntries(devices.map(({key}) => [deviceIdOf(key), key.publicKey])),
  };
  const {child, said: port} = await startTold(BARE_PROGRAM, order, context);
  const clients = await Clients.start(
    {...pipeline.order, ingest: [`http://127.0.0.1:${String(port)}`], followedEvery: Number.MAX_SAFE_INTEGER, devices},
    context,
  );
  return {pid: child.pid ?? 0, clients};
}
