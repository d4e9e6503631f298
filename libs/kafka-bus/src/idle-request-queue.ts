import {createRequire} from 'node:module';

/** The part of kafkajs' internal RequestQueue (2.2.4, src/network/requestQueue) that is replaced here. */
interface RequestQueuePrototype {
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

const CHECK_PENDING_MS = 10;

/**
 * kafkajs 2.2.4 re-arms a timer with a negative delay after every look at an empty queue (kafkajs#1751): about 900
 * wake-ups a second and 5 % of a core for every idle connection, and a warning of Node's. An empty queue needs no
 * timer: a request that is queued later arms one itself. See docs/adr/0006.
 */
export function quietIdleQueues(): void {
  const load = createRequire(import.meta.url);
  const {prototype} = load('kafkajs/src/network/requestQueue') as {prototype: RequestQueuePrototype};
  prototype.scheduleCheckPendingRequests = function schedule(this: RequestQueuePrototype): void {
    if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
    const wait = this.throttledUntil - Date.now();
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      wait > 0 ? wait : CHECK_PENDING_MS,
    );
  };
}
