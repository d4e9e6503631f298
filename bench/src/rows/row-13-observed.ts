import {Agent, createServer, request} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {cpuMsOf} from '../pipeline/process-use.js';
import type {ObservedOrder} from '../pipeline/serve-observed.js';
import {startTold} from '../pipeline/start-told.js';
import {arms} from '../suite/arms.js';
import type {Row, RowContext} from '../suite/row.js';
import type {Round} from '../suite/interleave.js';

const [NEITHER, TRACES, METRICS] = ['neither', 'traces', 'metrics'] as const;
const PROGRAM = join(import.meta.dirname, '../pipeline/serve-observed.ts');
const REQUESTS = 20_000;
const AT_ONCE = 16;
const BODY = Buffer.from(JSON.stringify({count: 1}));

/** The same server three times: its hooks do nothing, export spans, or export metrics. Its CPU, not the client's. */
export const ROW_13: Row = {
  number: '13',
  title: 'what is seen of a request, with one step in it: CPU of a server that does nothing else',
  arms: arms('µs for a request', NEITHER, TRACES, METRICS),
  claims: [
    {
      title: 'traces, µs',
      target: {atMost: 10},
      of: more(TRACES),
      whenMissed:
        "two spans are made, told in protobuf and sent. It is OpenTelemetry's own: a span with its attributes, the batch, " +
        'the encoding; ours is the list of attributes that may leave. `PROFILE=1` does not reach into the servers.',
    },
    {
      title: 'metrics, µs',
      target: {atMost: 5},
      of: more(METRICS),
      whenMissed: 'a histogram and a balance, each with its labels held to the list, is what a request brings.',
    },
  ],
  rounds: {full: 9, quick: 2},
  setup: async (context) => {
    const otlpUrl = await startSink(context);
    const servers = new Map<string, Served>();
    for (const arm of [NEITHER, TRACES, METRICS])
      servers.set(arm, await startServer({traces: arm === TRACES, metrics: arm === METRICS, otlpUrl}, context));
    return {
      sample: async (arm) => {
        const server = servers.get(arm);
        if (server === undefined) throw new Error('no such server');
        await ask(server.port, REQUESTS / 10);
        const before = cpuMsOf(server.pid);
        await ask(server.port, REQUESTS);
        return ((cpuMsOf(server.pid) - before) * 1_000) / REQUESTS;
      },
    };
  },
};

function more(arm: string): (round: Round) => number {
  return (round) => (round[arm] ?? Number.NaN) - (round[NEITHER] ?? Number.NaN);
}

interface Served {
  readonly pid: number;
  readonly port: number;
}

async function startServer(order: ObservedOrder, context: RowContext): Promise<Served> {
  const {child, said} = await startTold(PROGRAM, order, context);
  return {pid: child.pid ?? 0, port: Number(said)};
}

/** Takes what is exported, and forgets it: a Collector costs its own. */
async function startSink({scratch}: RowContext): Promise<string> {
  const sink = createServer((incoming, response) => {
    incoming.resume().once('end', () => response.writeHead(200).end());
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  scratch.defer(() => sink.close());
  return `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
}

async function ask(port: number, times: number): Promise<void> {
  const agent = new Agent({keepAlive: true, maxSockets: AT_ONCE});
  let left = times;
  const asker = async (): Promise<void> => {
    while (left-- > 0) await post(port, agent);
  };
  await Promise.all(Array.from({length: AT_ONCE}, asker));
  agent.destroy();
}

function post(port: number, agent: Agent): Promise<void> {
  const options = {
    port,
    agent,
    method: 'POST',
    path: '/v1/things/7',
    headers: {'content-type': 'application/json', 'content-length': BODY.length},
  };
  return new Promise((resolve, reject) => {
    const asked = request(options, (response) => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode ?? 0}`));
      response.resume().once('end', resolve);
    });
    asked.once('error', reject);
    asked.end(BODY);
  });
}
