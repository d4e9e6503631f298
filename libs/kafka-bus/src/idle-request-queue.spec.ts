import {describe, expect, it, jest} from '@jest/globals';
import {createRequire} from 'node:module';
import {quietIdleQueues} from './idle-request-queue.js';

const queueOf = () => {
  const {prototype} = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as {
    prototype: {scheduleCheckPendingRequests(): void};
  };
  return Object.assign(Object.create(prototype) as object, {
    pending: [] as unknown[],
    throttledUntil: -1,
    throttleCheckTimeoutId: null as unknown,
    checkPendingRequests: jest.fn(),
  }) as unknown as {
    pending: unknown[];
    throttledUntil: number;
    throttleCheckTimeoutId: unknown;
    checkPendingRequests: () => void;
    scheduleCheckPendingRequests(): void;
  };
};

describe('quietIdleQueues', () => {
  it('arms no timer for an empty queue, one for a waiting request', () => {
    quietIdleQueues();
    jest.useFakeTimers();
    const queue = queueOf();
    queue.scheduleCheckPendingRequests();
    expect(jest.getTimerCount()).toBe(0);
    queue.pending.push({});
    queue.scheduleCheckPendingRequests();
    queue.scheduleCheckPendingRequests();
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(10);
    expect(queue.checkPendingRequests).toHaveBeenCalledTimes(1);
    jest.useRealTimers();
  });

  it('waits as long as the broker throttles', () => {
    quietIdleQueues();
    jest.useFakeTimers();
    const queue = queueOf();
    queue.pending.push({});
    queue.throttledUntil = Date.now() + 500;
    queue.scheduleCheckPendingRequests();
    jest.advanceTimersByTime(499);
    expect(queue.checkPendingRequests).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(queue.checkPendingRequests).toHaveBeenCalledTimes(1);
    jest.useRealTimers();
  });
});
