import type {Kafka} from 'kafkajs';
import {KafkaView} from './kafka-view.js';

const partition = (replicas: readonly number[], isr: readonly number[]) => ({replicas, isr});

function viewOf(...partitions: ReturnType<typeof partition>[]) {
  const asked: unknown[] = [];
  const admin = {
    connect: () => Promise.resolve(),
    disconnect: () => Promise.resolve(),
    fetchTopicMetadata: (about: unknown) => {
      asked.push(about);
      return Promise.resolve({
        topics: [
          {name: 'a', partitions},
          {name: 'b', partitions: [partition([1], [1])]},
        ],
      });
    },
  };
  return {asked, view: new KafkaView({admin: () => admin} as unknown as Kafka)};
}

describe('partitions with too few copies in step', () => {
  it('are counted over all topics that are asked for, and no others are asked for', async () => {
    const {asked, view} = viewOf(partition([1, 2, 3], [1, 2, 3]), partition([1, 2, 3], [1, 3]), partition([2, 3], [3]));
    expect(await view.underReplicated(['a', 'b'])).toBe(2);
    expect(asked).toEqual([{topics: ['a', 'b']}]);
  });

  it('are none where each has its copies, also of one', async () => {
    expect(await viewOf(partition([1, 2], [2, 1])).view.underReplicated(['a', 'b'])).toBe(0);
  });
});
