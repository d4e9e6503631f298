import {subscribe, unsubscribe} from 'node:diagnostics_channel';
import type {Socket} from 'node:net';

/** The second repetition of a lost SYN comes after 3 s. */
const CONNECT_MS = 4_000;
const OPENED = 'net.client.socket';

/**
 * Gives up every connection that this process begins and nobody answers in time. The kernel would repeat its question
 * for two minutes, and later and later: who has no time-out of its own would find a peer that is back, or that has
 * another address by now, only then.
 * @returns ends that
 */
export function connectInTime(withinMs = CONNECT_MS): () => void {
  const watch = (message: unknown): void => {
    const {socket} = message as {readonly socket: Socket};
    const timer = setTimeout(() => {
      if (socket.connecting) socket.destroy(Object.assign(new Error('nobody answers'), {code: 'ETIMEDOUT'}));
    }, withinMs);
    timer.unref();
    for (const event of ['connect', 'close']) socket.once(event, () => clearTimeout(timer));
  };
  subscribe(OPENED, watch);
  return () => {
    unsubscribe(OPENED, watch);
  };
}
