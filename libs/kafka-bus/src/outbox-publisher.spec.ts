import {DomainError} from '@vitalvault/errors';
import {eventually} from '@vitalvault/testkit';
import type {KafkaProducer, MessageToSend} from './kafka-producer.js';
import {OutboxPublisher} from './outbox-publisher.js';
import type {OutboxMessage} from './outbox-publisher.js';

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

  it('loses nothing while Kafka is away', async () => {
    const {waiting, sent, publisher} = world(1);
    waiting.push(message(1));
    publisher.start();
    await until(() => waiting.length === 0);
    await publisher.stop();
    expect(sent).toEqual(['m1']);
  });
});
