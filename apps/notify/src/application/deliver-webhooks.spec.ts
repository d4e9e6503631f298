import {startMetrics} from '@vitalvault/process';
import {metricValues} from '@vitalvault/testkit';
import type {QueuedAlert} from '../domain/alert.js';
import {MAX_ATTEMPTS} from '../domain/backoff.js';
import {DeliverWebhooks} from './deliver-webhooks.js';
import type {DueDelivery, RoomForDeliveries} from './ports.js';

const metrics = startMetrics({service: 'spec'});
afterAll(() => metrics.shutdown());

const due = (id: bigint, {attempts = 1, failures = 0, host = 'receiver'} = {}): DueDelivery => ({
  id,
  alert: {alertId: String(id), patient: 'p', seq: id} as QueuedAlert,
  webhook: {id, url: `https://receiver/${String(id)}`, secret: 's', host, failures},
  attempts,
  traceparent: undefined,
});

type Answer = string | Error | Promise<string | undefined>;

/** Deliveries over fakes; `answers` by URL, else the receiver takes it. */
function harness(waiting: DueDelivery[], answers: Record<string, Answer> = {}) {
  const steps: string[] = [];
  const rooms: RoomForDeliveries[] = [];
  const failures: unknown[] = [];
  const deliver = new DeliverWebhooks(
    {random: () => 0, timeoutMs: 5_000, onEnded: () => steps.push('room'), onFailure: (error) => failures.push(error)},
    {
      queue: {
        claim: (room) => {
          rooms.push(room);
          return Promise.resolve(waiting.splice(0, room.limit));
        },
        delivered: ({id}) => Promise.resolve(void steps.push(`delivered ${String(id)}`)),
        failed: ({id}, {againInMs, restMs, outcome}) =>
          Promise.resolve(void steps.push(`failed ${String(id)} ${String(againInMs)} ${String(restMs)} ${outcome}`)),
      },
      sender: {
        send: async ({url}, {alertId}) => {
          steps.push(`send ${alertId} to ${url}`);
          await new Promise((resolve) => setImmediate(resolve));
          const answer = answers[url];
          if (answer instanceof Error) throw answer;
          return answer;
        },
      },
      trace: async ({id}, run) => {
        steps.push(`trace ${String(id)}`);
        await run();
      },
    },
  );
  return {deliver, steps, rooms, failures};
}

describe('DeliverWebhooks', () => {
  it('sends what is due and says so only when the receiver took it', async () => {
    const {deliver, steps} = harness([due(1n)]);
    expect(await deliver.execute()).toBe(1);
    await deliver.drain();
    expect(steps).toEqual(['trace 1', 'send 1 to https://receiver/1', 'delivered 1', 'room']);
  });

  it.each([
    [1, 0, '500 500'],
    [3, 2, '2000 2000'],
    [MAX_ATTEMPTS - 1, 40, '1800000 30000'],
    [MAX_ATTEMPTS, 0, 'undefined 500'],
  ])(
    'after attempt %i that failed, %i failures before it, come the next and the rest in %s ms',
    async (attempts, failures, times) => {
      const {deliver, steps} = harness([due(1n, {attempts, failures})], {'https://receiver/1': '503'});
      await deliver.execute();
      await deliver.drain();
      expect(steps).toContain(`failed 1 ${times} 503`);
      expect(steps).not.toContain('delivered 1');
    },
  );

  it('waits for nobody: what is due is begun while another receiver hangs, and its place is all it has', async () => {
    const gate = Promise.withResolvers<undefined>();
    const waiting = [due(1n, {host: 'hangs'})];
    const {deliver, steps, rooms} = harness(waiting, {'https://receiver/1': gate.promise});
    expect(await deliver.execute()).toBe(1);
    waiting.push(due(2n));
    expect(await deliver.execute()).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(steps).toContain('delivered 2');
    expect(steps).not.toContain('delivered 1');
    expect(await deliver.execute()).toBe(0);
    expect(rooms.map(({limit, ofHost, underWay}) => [limit, ofHost, [...underWay]])).toEqual([
      [64, 8, []],
      [63, 8, [['hangs', 1]]],
      [63, 8, [['hangs', 1]]],
    ]);
    gate.resolve(undefined);
    await deliver.drain();
    expect(steps.slice(-2)).toEqual(['delivered 1', 'room']);
  });

  it('has a bounded number under way, and asks for no more', async () => {
    const gate = Promise.withResolvers<undefined>();
    const waiting = Array.from({length: 100}, (_none, index) => due(BigInt(index)));
    const answers = Object.fromEntries(waiting.map(({webhook}) => [webhook.url, gate.promise]));
    const {deliver, rooms} = harness(waiting, answers);
    expect(await deliver.execute()).toBe(64);
    expect(await deliver.execute()).toBe(0);
    expect(rooms.map(({limit, leaseMs}) => [limit, leaseMs])).toEqual([[64, 35_000]]);
    gate.resolve(undefined);
    await deliver.drain();
  });

  it('neither delivers nor gives up what it could not even try: the lease ends and it comes again', async () => {
    const {deliver, steps, failures} = harness([due(1n)], {'https://receiver/1': new Error('bug')});
    await deliver.execute();
    await deliver.drain();
    expect(failures).toMatchObject([{message: 'bug'}]);
    expect(steps).toEqual(['trace 1', 'send 1 to https://receiver/1', 'room']);
  });

  it('counts tries by how they ended: nobody else hears of those that fail', async () => {
    const tries = () => metricValues(metrics, 'vitalvault_notify_tries_total');
    const before = await tries();
    const waiting = [due(1n), due(2n), due(3n, {attempts: MAX_ATTEMPTS})];
    const {deliver} = harness(waiting, {'https://receiver/2': 'status-503', 'https://receiver/3': 'timeout'});
    await deliver.execute();
    await deliver.drain();
    const since = Object.entries(await tries()).map(([state, count]) => [state, count - (before[state] ?? 0)]);
    expect(Object.fromEntries(since)).toEqual({delivered: 1, failed: 1, 'given-up': 1});
  });

  it('says 0 when nothing is due, so that its loop rests', async () => {
    expect(await harness([]).deliver.execute()).toBe(0);
  });
});
