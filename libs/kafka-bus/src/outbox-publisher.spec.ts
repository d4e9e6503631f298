import {DomainError} from '@vitalvault/errors';
import {createLogger} from '@vitalvault/process';
import {eventually} from '@vitalvault/testkit';
import type {KafkaProducer, MessageToSend} from './kafka-producer.js';
import {OutboxPublisher} from './outbox-publisher.js';
import type {OutboxMessage} from './outbox-publisher.js';
import {MAX_REQUEST_BYTES} from './portions.js';

const message = (id: number): OutboxMessage => ({
  id: BigInt(id),
  topic: 't',
  key: new Uint8Array(),
  value: Uint8Array.of(id),
  messageId: `m${String(id)}`,
});

function world(failures: number): {waiting: OutboxMessage[]; sent: (string | undefined)[]; publisher: OutboxPublisher} {
  const waiting: OutboxMessage[] = [];
  const sent: (string | undefined)[] = [];
  let left = failures;
  const producer = {
    send: (_topic: string, messages: readonly MessageToSend[]) => {
      if (left-- > 0) return Promise.reject(new DomainError('bus-unavailable'));
      sent.push(...messages.map((one) => one.messageId));
      return Promise.resolve();
    },
  } as unknown as KafkaProducer;
  const outbox = {
    count: () => Promise.resolve(waiting.length),
    take: (limit: number) => Promise.resolve(waiting.slice(0, limit)),
    sent: (ids: readonly bigint[]) =>
      Promise.resolve(void waiting.splice(0, waiting.length, ...waiting.filter((one) => !ids.includes(one.id)))),
  };
  const quiet = (): void => undefined;
  return {
    waiting,
    sent,
    publisher: new OutboxPublisher({outbox, producer, logger: {debug: quiet, info: quiet, warn: quiet, error: quiet}}),
  };
}

const until = (condition: () => boolean): Promise<void> =>
  eventually(
    () => {
      expect(condition()).toBe(true);
    },
    10_000,
    10,
  );

describe('OutboxPublisher', () => {
  it('tells how long it sees its oldest wait, and none once all are sent', async () => {
    const {waiting, publisher} = world(1);
    expect(publisher.oldestMs).toBe(0);
    waiting.push(message(1));
    publisher.start();
    await until(() => publisher.oldestMs >= 100);
    await until(() => waiting.length === 0);
    await publisher.stop();
    expect(publisher.oldestMs).toBe(0);
  });

  it('sends in order what was there and what comes, and forgets it', async () => {
    const {waiting, sent, publisher} = world(0);
    waiting.push(message(1), message(2));
    publisher.start();
    await until(() => waiting.length === 0);
    waiting.push(message(3));
    publisher.poke();
    await until(() => waiting.length === 0);
    await publisher.stop();
    expect(sent).toEqual(['m1', 'm2', 'm3']);
  });

  it('sends what one request takes, and notes it before the next: where Kafka is slow it goes on all the same', async () => {
    const large = Array.from({length: 20}, (_none, index) => ({
      ...message(index),
      value: Buffer.alloc(120_000, index),
    }));
    const waiting: OutboxMessage[] = [...large];
    const portions: number[][] = [];
    let [slow, cut] = [0, 0];
    const producer = {
      // A send has time for one request of this Kafka.
      send: (_topic: string, messages: readonly MessageToSend[]) => {
        const bytes = messages.reduce((sum, {value}) => sum + value.length, 0);
        if (bytes > MAX_REQUEST_BYTES) slow++;
        if (bytes > MAX_REQUEST_BYTES || cut++ === 1) return Promise.reject(new DomainError('bus-unavailable'));
        portions.push(messages.map(({messageId}) => Number(messageId?.slice(1))));
        return Promise.resolve();
      },
    } as unknown as KafkaProducer;
    const outbox = {
      count: () => Promise.resolve(waiting.length),
      take: (limit: number) => Promise.resolve(waiting.slice(0, limit)),
      sent: (ids: readonly bigint[]) => {
        expect(ids.map(Number)).toEqual(portions.at(-1));
        return Promise.resolve(void waiting.splice(0, ids.length));
      },
    };
    const publisher = new OutboxPublisher({outbox, producer, logger: createLogger({service: 'spec', level: 'fatal'})});
    publisher.start();
    await until(() => waiting.length === 0 || slow > 1);
    await publisher.stop();
    expect(slow).toBe(0);
    // The second failed once; the first did not go out again by it.
    expect(portions.flat()).toEqual(large.map((_one, index) => index));
  });

  it('loses nothing while Kafka is away', async () => {
    const {waiting, sent, publisher} = world(1);
    waiting.push(message(1));
    publisher.start();
    await until(() => waiting.length === 0);
    await publisher.stop();
    expect(sent).toEqual(['m1']);
  });
});
