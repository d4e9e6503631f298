import type {QueuedAlert} from '../domain/alert.js';
import {AlertFeed} from './alert-feed.js';
import {FollowAlerts} from './follow-alerts.js';
import type {AlertQueue} from './ports.js';

const alertWith = (seq: bigint): QueuedAlert => ({
  alertId: String(seq),
  patient: 'p',
  kind: 1,
  raisedAtMs: 1n,
  subject: '',
  text: '',
  seq,
  acknowledged: false,
});

function harness(keepAliveMs = 30) {
  const alerts: QueuedAlert[] = [];
  const feed = new AlertFeed({followers: 3, followersOfPatient: 2});
  let beforeAnswer = (): void => undefined;
  const queue: AlertQueue = {
    save: () => Promise.resolve(new Set()),
    acknowledge: () => Promise.resolve(true),
    page: async ({after, limit}) => {
      const answer = alerts.filter(({seq}) => seq > after).slice(0, limit);
      beforeAnswer();
      await Promise.resolve();
      return answer;
    },
  };
  const add = (): void => {
    alerts.push(alertWith(BigInt(alerts.length + 1)));
    feed.wake(['p']);
  };
  return {
    feed,
    add,
    follow: new FollowAlerts({keepAliveMs}, {queue, feed}),
    during: (run: () => void) => (beforeAnswer = run),
  };
}

async function take(alerts: AsyncGenerator<QueuedAlert | 'keep-alive'>, count: number): Promise<bigint[]> {
  const seen: bigint[] = [];
  while (seen.length < count) {
    const {value} = (await alerts.next()) as {value: QueuedAlert | 'keep-alive'};
    if (value !== 'keep-alive') seen.push(value.seq);
  }
  return seen;
}

describe('FollowAlerts', () => {
  it('misses nothing that comes while the database is asked', async () => {
    const {add, follow, during} = harness(60_000);
    add();
    let once = true;
    during(() => {
      if (once) add();
      once = false;
    });
    const controller = new AbortController();
    const alerts = follow.execute('p', 0n, controller.signal);
    // If it waited to be woken, the second one would come with the keep-alive, a minute later.
    expect(await take(alerts, 2)).toEqual([1n, 2n]);
    controller.abort();
  });

  it('gives more than a page in order', async () => {
    const {add, follow} = harness();
    for (let i = 0; i < 250; i++) add();
    const controller = new AbortController();
    expect(await take(follow.execute('p', 10n, controller.signal), 240)).toEqual(
      Array.from({length: 240}, (_none, index) => BigInt(index + 11)),
    );
    controller.abort();
  });

  it('says that it is alive when nothing comes, and ends when it is told to', async () => {
    const {follow, feed} = harness();
    const controller = new AbortController();
    const alerts = follow.execute('p', 0n, controller.signal);
    expect((await alerts.next()).value).toBe('keep-alive');
    const waiting = alerts.next();
    controller.abort();
    expect((await waiting).done).toBe(true);
    expect(feed.size).toBe(0);
  });

  it('bounds followers of one patient and of all', () => {
    const {follow} = harness();
    const {signal} = new AbortController();
    for (const patient of ['p', 'p', 'q']) follow.execute(patient, 0n, signal);
    expect(() => follow.execute('p', 0n, signal)).toThrow(expect.objectContaining({code: 'quota-exceeded'}));
    expect(() => follow.execute('r', 0n, signal)).toThrow(expect.objectContaining({code: 'quota-exceeded'}));
  });

  it('gives the place back of one that ended before it was read', () => {
    const {follow, feed} = harness();
    const controller = new AbortController();
    follow.execute('p', 0n, controller.signal);
    controller.abort();
    expect(feed.size).toBe(0);
  });
});
