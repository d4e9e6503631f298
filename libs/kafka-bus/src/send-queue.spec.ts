import {describe, expect, it, jest} from '@jest/globals';
import {DomainError} from '@vitalvault/errors';
import type {TopicMessages} from 'kafkajs';
import {NeverSent, SEND_MS, SendQueue} from './send-queue.js';

/** A queue to a broker that the spec answers for: one deferred answer a request, in order. */
function world(limit = {messages: 4, bytes: 10_000}) {
  const requests: {sent: string[]; answer: (error?: unknown) => Promise<void>}[] = [];
  const queue = new SendQueue({
    limit,
    isRefusal: (error) => error instanceof RangeError,
    deliver: (batches) => {
      const {promise, resolve, reject} = Promise.withResolvers<undefined>();
      const answer = async (error?: unknown): Promise<void> => {
        if (error === undefined) resolve(undefined);
        else reject(error);
        await jest.advanceTimersByTimeAsync(0);
      };
      requests.push({sent: batches.flatMap(({messages}) => messages.map(({value}) => String(value))), answer});
      return promise;
    },
  });
  /** What became of a send of these values, with a place of its own: said when it is known. */
  const send = (...given: [({partition: string} | string)?, ...string[]]): {said: string} => {
    const partition = typeof given[0] === 'object' ? given[0].partition : undefined;
    const values = given.filter((one) => typeof one === 'string');
    const outcome = {said: 'waits'};
    const say = (error: unknown): void => {
      if (!(error instanceof DomainError)) throw error;
      outcome.said = `${error.code} ${String(error.retryAfterSeconds)} ${error.detail ?? ''}`.trim();
    };
    try {
      const place = queue.reserve(values.length, values.join('').length);
      const batch: TopicMessages = {topic: 't', messages: values.map((value) => ({value}))};
      queue
        .send(batch, place, partition)
        .then(() => (outcome.said = 'sent'), say)
        .finally(() => {
          place.leave();
        });
    } catch (error) {
      say(error);
    }
    return outcome;
  };
  const last = () => {
    const request = requests.at(-1);
    if (request === undefined) throw new Error('no request');
    return request;
  };
  return {queue, requests, send, last};
}

const NOT_SENT = 'bus-unavailable 2 Nothing was sent.';
const UNKNOWN = 'bus-unavailable 2 It was on its way: whether it was written is not known.';
const later = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('SendQueue', () => {
  it('tells how full it is and how old its oldest, on its way or waiting', async () => {
    const {queue, send, last} = world();
    expect([queue.used, queue.oldestMs]).toEqual([{messages: 0, share: 0}, 0]);
    send('a');
    await later(300);
    send('b', 'c');
    await later(200);
    expect([queue.used, queue.oldestMs]).toEqual([{messages: 3, share: 0.75}, 500]);
    await last().answer();
    expect([queue.used, queue.oldestMs]).toEqual([{messages: 2, share: 0.5}, 200]);
    await last().answer();
    expect([queue.used, queue.oldestMs]).toEqual([{messages: 0, share: 0}, 0]);
  });

  it('sends what waits meanwhile together, in order', async () => {
    const {send, requests, last} = world();
    const outcomes = [send('a'), send('b'), send('c')];
    await last().answer();
    await last().answer();
    expect(requests.map(({sent}) => sent)).toEqual([['a'], ['b', 'c']]);
    expect(outcomes.map(({said}) => said)).toEqual(['sent', 'sent', 'sent']);
  });

  it('is bounded by messages and by bytes, says so before anything is done, and when to come again', async () => {
    const {send, queue, last} = world({messages: 3, bytes: 100});
    send('a', 'b');
    expect(send('c', 'd').said).toBe('busy 2');
    expect(send('c').said).toBe('waits');
    expect(send('d').said).toBe('busy 2');
    await last().answer();
    await last().answer();
    // As it said: two seconds later there is room.
    await later(2_000);
    const place = queue.reserve(1, 99);
    expect(() => queue.reserve(1, 2)).toThrow('More waits here');
    expect(() => queue.reserve(1, 1)).not.toThrow();
    place.leave();
    place.leave();
    expect(() => queue.reserve(1, 99)).not.toThrow();
    expect(() => queue.reserve(1, 1)).toThrow('More waits here');
  });

  it('takes more than fits when nothing else is there: else it could never be sent', () => {
    const {queue} = world({messages: 3, bytes: 100});
    expect(() => queue.reserve(9, 900)).not.toThrow();
  });

  it('takes out what was not sent in time, and never sends it; of what was on its way it says that nobody knows', async () => {
    const {send, requests, last} = world();
    const flying = send('flying');
    await later(1_000);
    const dead = send('dead');
    await later(SEND_MS - 1_000);
    expect(flying.said).toBe(UNKNOWN);
    expect(dead.said).toBe(NOT_SENT);
    // Late, and Kafka answers after all.
    await last().answer();
    const fresh = send('fresh');
    await last().answer();
    expect(fresh.said).toBe('sent');
    expect(requests.map(({sent}) => sent)).toEqual([['flying'], ['fresh']]);
  });

  it('after a failure lets one try, and everybody when that went well', async () => {
    const {send, requests, last} = world();
    const [first, behind] = [send('first'), send('behind')];
    await last().answer(new Error('gone'));
    expect([first.said, behind.said]).toEqual([UNKNOWN, NOT_SENT]);
    const early = send('at once');
    await later(0);
    expect(early.said).toBe(NOT_SENT);
    await later(1_000);
    const [probe, herd] = [send('probe'), send('herd')];
    expect([probe.said, herd.said]).toEqual(['waits', NOT_SENT]);
    await last().answer(new NeverSent('still gone'));
    expect(probe.said).toBe(NOT_SENT);
    expect(send('at once').said).toBe(NOT_SENT);
    await later(1_000);
    send('probe again');
    await last().answer();
    const back = [send('x'), send('y')];
    await last().answer();
    await last().answer();
    expect(back.map(({said}) => said)).toEqual(['sent', 'sent']);
    expect(requests.map(({sent}) => sent)).toEqual([['first'], ['probe'], ['probe again'], ['x'], ['y']]);
  });

  it('lets the next one try when the first had nothing to send after all', async () => {
    const {send, queue, last} = world();
    send('first');
    await last().answer(new Error('gone'));
    await later(1_000);
    const nothing = queue.reserve(1, 1);
    expect(send('second').said).toBe(NOT_SENT);
    nothing.leave();
    expect(send('second').said).toBe('waits');
  });

  it('who took his place before Kafka went is told too, and is no second probe', async () => {
    const {send, queue, requests, last} = world();
    const place = queue.reserve(1, 1);
    send('first');
    await last().answer(new Error('gone'));
    await expect(queue.send({topic: 't', messages: [{value: 'slow'}]}, place)).rejects.toMatchObject({
      code: 'bus-unavailable',
      detail: 'Nothing was sent.',
    });
    expect(requests).toHaveLength(1);
  });

  it('is not closed by one that waited long in a busy queue and was sent just before its time was over', async () => {
    const {send, last} = world();
    const first = send('first');
    await later(100);
    const late = send('late');
    await later(SEND_MS - 200);
    await last().answer();
    await later(200);
    expect([first.said, late.said]).toEqual(['sent', UNKNOWN]);
    expect(send('next').said).toBe('waits');
  });

  it('a refusal of these messages says nothing about others', async () => {
    const {send, last} = world();
    const refused = send('no such topic');
    const behind = send('behind');
    await last().answer(new RangeError('unknown topic'));
    await last().answer();
    expect([refused.said, behind.said]).toEqual(['bus-unavailable 2', 'sent']);
  });

  it('holds no more than its bound through an outage of half a minute, and sends none of its dead afterwards', async () => {
    const {send, requests} = world({messages: 100, bytes: 10_000});
    const outcomes = new Map<string, {said: string}>();
    for (let n = 0; n < 1_500; n++) {
      outcomes.set(`n${String(n)}`, send(`n${String(n)}`));
      await later(20);
    }
    // One that was on its way, and one that tried beside it; those that tried later waited behind and were taken out.
    expect(requests.map(({sent}) => sent)).toEqual([['n0'], ['n300']]);
    const told = (): string[] => [...outcomes].filter(([, {said}]) => said !== 'waits').map(([value]) => value);
    const dead = new Set(told());
    expect(outcomes.size - dead.size).toBeLessThanOrEqual(1);
    for (const {answer} of [...requests]) await answer();
    await requests.at(-1)?.answer();
    await later(1_000);
    const back = Array.from({length: 5}, (_, n) => send(`alive ${String(n)}`));
    for (let n = 0; n < 4; n++) await requests.at(-1)?.answer();
    expect(back.map(({said}) => said)).toEqual(Array<string>(5).fill('sent'));
    const sentLater = requests.slice(2).flatMap(({sent}) => sent);
    expect(sentLater.filter((value) => dead.has(value))).toEqual([]);
    const words = new Set([...dead].map((value) => outcomes.get(value)?.said));
    expect(words).toEqual(new Set([UNKNOWN, NOT_SENT, 'busy 2']));
  });

  it('a partition that cannot be written stops its own share: the others are written as if all were well', async () => {
    /** 200 sends a second for 15 s, a quarter for each partition. @returns what became of those of partitions 1 to 3 */
    const play = async (bad: boolean): Promise<Record<string, number>> => {
      const queue = new SendQueue({
        deliver: async (batches) => {
          const sent = batches.flatMap(({messages}) => messages.map(({partition}) => partition));
          await new Promise((resolve) => setTimeout(resolve, bad && sent.includes(0) ? 420 : 8));
          if (bad && sent.includes(0)) throw new Error('NOT_ENOUGH_REPLICAS');
        },
      });
      const told = {sent: 0, refused: 0};
      const ask = async (partition: number): Promise<void> => {
        try {
          const place = queue.reserve(1, 1_000);
          const batch = {topic: 't', messages: [{partition, value: 'x'}]};
          await queue.send(batch, place, `t/${String(partition)}`).finally(() => {
            place.leave();
          });
          if (partition !== 0) told.sent++;
        } catch {
          if (partition !== 0) told.refused++;
        }
      };
      for (let n = 0; n < 3_000; n++) {
        void ask(n % 4);
        await later(5);
      }
      await later(SEND_MS);
      return told;
    };
    expect(await play(false)).toEqual({sent: 2_250, refused: 0});
    // Those that were on their way with it, and a second until each partition's one has tried.
    expect((await play(true))['sent']).toBeGreaterThan(2_000);
  });

  it('of a partition that was away one tries, alone; the others go together again, and it with them after a minute', async () => {
    const {send, requests, last} = world();
    const to = (partition: string, value: string) => send({partition}, value);
    const first = to('b', 'b1');
    await last().answer();
    const [a, b] = [to('a', 'a1'), to('b', 'b2')];
    await last().answer(new Error('no leader'));
    expect([first.said, a.said, b.said]).toEqual(['sent', UNKNOWN, 'waits']);
    await last().answer();
    expect(b.said).toBe('sent');
    const [early, other] = [to('a', 'a2'), to('b', 'b3')];
    await later(0);
    expect([early.said, other.said]).toEqual([NOT_SENT, 'waits']);
    await last().answer();
    await later(1_000);
    const [probe, herd, well] = [to('a', 'a3'), to('a', 'a4'), to('b', 'b4')];
    await later(0);
    expect([probe.said, herd.said, well.said]).toEqual(['waits', NOT_SENT, 'waits']);
    expect(requests.slice(-2).map(({sent}) => sent)).toEqual([['a3'], ['b4']]);
    for (const {answer} of requests.slice(-2)) await answer();
    await later(60_000);
    to('c', 'c1');
    const back = [to('a', 'a5'), to('b', 'b5')];
    await last().answer();
    await last().answer();
    expect(back.map(({said}) => said)).toEqual(['sent', 'sent']);
    expect(last().sent).toEqual(['a5', 'b5']);
  });

  it('a partition whose request hangs holds up its own: when its time is over the others go past it', async () => {
    const {send, last} = world();
    const to = (partition: string, value: string) => send({partition}, value);
    to('b', 'before');
    await last().answer();
    const hangs = to('a', 'hangs');
    await later(SEND_MS - 1);
    const behind = to('b', 'behind');
    to('b', 'another');
    await later(1);
    expect([hangs.said, behind.said]).toEqual([UNKNOWN, 'waits']);
    expect(last().sent).toEqual(['behind', 'another']);
    await last().answer();
    expect(behind.said).toBe('sent');
  });

  it('a partition that goes alone has half of the room, and the others the rest', async () => {
    const {send, last} = world({messages: 8, bytes: 10_000});
    const to = (partition: string, value: string) => send({partition}, value);
    to('b', 'before');
    await last().answer();
    to('a', 'fails');
    await last().answer(new Error('no leader'));
    await later(1_000);
    to('a', 'probe');
    await last().answer();
    const slow = Array.from({length: 6}, (_, n) => to('a', `slow ${String(n)}`));
    await later(0);
    expect(slow.map(({said}) => said)).toEqual(['waits', 'waits', 'waits', 'waits', 'busy 2', 'busy 2']);
    const others = Array.from({length: 5}, (_, n) => to('b', `other ${String(n)}`).said);
    expect(others).toEqual(['waits', 'waits', 'waits', 'waits', 'busy 2']);
  });

  it('closing refuses what waits and what comes', () => {
    const {queue, send} = world();
    send('a');
    queue.close();
    expect(send('b').said).toBe('shutting-down 1');
  });
});
