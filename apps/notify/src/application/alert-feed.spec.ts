import {AlertFeed} from './alert-feed.js';

const feedOf = () => new AlertFeed({followers: 3, followersOfPatient: 2});
const quota = expect.objectContaining({code: 'quota-exceeded', retryAfterSeconds: 30});

/** Whether it settles within a turn of the event loop. */
async function settles(waiting: Promise<void>): Promise<boolean> {
  let settled = false;
  void waiting.then(() => (settled = true));
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

describe('AlertFeed', () => {
  it("wakes a patient's followers, all of them, and nobody else's", async () => {
    const feed = feedOf();
    const {signal} = new AbortController();
    const waits = [feed.follow('p'), feed.follow('p'), feed.follow('q')].map((one) => one.changedSince(0, 50, signal));
    feed.wake(['p', 'p']);
    expect(await Promise.all(waits.map(settles))).toEqual([true, true, false]);
    await waits[2];
  });

  it('does not wait for what has changed since it was asked, nor when it was told to stop', async () => {
    const feed = feedOf();
    const one = feed.follow('p');
    const version = one.version();
    feed.wake(['p']);
    expect(one.version()).not.toBe(version);
    expect(await settles(one.changedSince(version, 60_000, new AbortController().signal))).toBe(true);
    expect(await settles(one.changedSince(one.version(), 60_000, AbortSignal.abort()))).toBe(true);
    const controller = new AbortController();
    const waiting = one.changedSince(one.version(), 60_000, controller.signal);
    expect(await settles(waiting)).toBe(false);
    controller.abort();
    expect(await settles(waiting)).toBe(true);
  });

  it.each([
    [['p', 'p'], 'p', 'r'],
    [['p', 'q', 'r'], 's', undefined],
  ])('with %j open refuses %s', (open, refused, taken) => {
    const feed = feedOf();
    for (const patient of open) feed.follow(patient);
    expect(() => feed.follow(refused)).toThrow(quota);
    expect(feed.size).toBe(open.length);
    if (taken !== undefined) expect(feed.follow(taken).version()).toBe(0);
  });

  it('gives a place back once, and keeps what the other follower of the patient has seen', () => {
    const feed = feedOf();
    const [one, other] = [feed.follow('p'), feed.follow('p')];
    feed.wake(['p']);
    one.end();
    one.end();
    expect([feed.size, other.version()]).toEqual([1, 1]);
    other.end();
    expect([feed.size, feed.follow('p').version()]).toEqual([0, 0]);
  });
});
