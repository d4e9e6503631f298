import type {QueuedAlert} from '../domain/alert.js';
import {MAX_ATTEMPTS} from '../domain/backoff.js';
import {DeliverWebhooks} from './deliver-webhooks.js';
import type {DueDelivery} from './ports.js';

const due = (id: bigint, attempts = 1): DueDelivery => ({
  id,
  alert: {alertId: String(id), patient: 'p', seq: id} as QueuedAlert,
  webhook: {url: `https://receiver/${String(id)}`, secret: 's'},
  attempts,
  traceparent: undefined,
});

/** A round over fakes; `answers` by URL, else the receiver takes it. */
function harness(waiting: DueDelivery[], answers: Record<string, string | Error> = {}) {
  const steps: string[] = [];
  const claims: unknown[] = [];
  const deliver = new DeliverWebhooks(
    {random: () => 0},
    {
      queue: {
        claim: (limit, leaseMs) => {
          claims.push({limit, leaseMs});
          return Promise.resolve(waiting.slice(0, limit));
        },
        delivered: (id) => Promise.resolve(void steps.push(`delivered ${String(id)}`)),
        failed: (id, inMs, outcome) =>
          Promise.resolve(void steps.push(`failed ${String(id)} ${String(inMs)} ${outcome}`)),
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
  return {deliver, steps, claims};
}

describe('DeliverWebhooks', () => {
  it('sends what is due and says so only when the receiver took it', async () => {
    const {deliver, steps} = harness([due(1n)]);
    expect(await deliver.execute()).toBe(1);
    expect(steps).toEqual(['trace 1', 'send 1 to https://receiver/1', 'delivered 1']);
  });

  it.each([
    [1, '500'],
    [3, '2000'],
    [MAX_ATTEMPTS - 1, '1800000'],
    [MAX_ATTEMPTS, 'undefined'],
  ])('after attempt %i that failed comes the next in %s ms', async (attempts, inMs) => {
    const {deliver, steps} = harness([due(1n, attempts)], {'https://receiver/1': '503'});
    expect(await deliver.execute()).toBe(1);
    expect(steps.at(-1)).toBe(`failed 1 ${inMs} 503`);
    expect(steps).not.toContain('delivered 1');
  });

  it("sends side by side: one receiver's failure is not another's", async () => {
    const {deliver, steps} = harness([due(1n), due(2n)], {'https://receiver/1': 'timeout'});
    await deliver.execute();
    expect(steps.indexOf('send 2 to https://receiver/2')).toBeLessThan(steps.indexOf('failed 1 500 timeout'));
    expect(steps.slice(-2)).toEqual(['failed 1 500 timeout', 'delivered 2']);
  });

  it('neither delivers nor gives up what it could not even try: the lease ends and it comes again', async () => {
    const {deliver, steps} = harness([due(1n)], {'https://receiver/1': new Error('bug')});
    await expect(deliver.execute()).rejects.toThrow('bug');
    expect(steps).toEqual(['trace 1', 'send 1 to https://receiver/1']);
  });

  it('takes a few at once, for a minute', async () => {
    const {deliver, claims} = harness(Array.from({length: 20}, (_none, index) => due(BigInt(index))));
    expect(await deliver.execute()).toBe(8);
    expect(claims).toEqual([{limit: 8, leaseMs: 60_000}]);
  });

  it('says 0 when nothing is due, so that its loop rests', async () => {
    expect(await harness([]).deliver.execute()).toBe(0);
  });
});
