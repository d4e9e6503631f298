import type {ServerResponse} from 'node:http';

/**
 * Calls `then` once: when the answer has left or its connection broke. A handler begins after the body and the
 * signature were looked at; whoever went before that gives no 'close' any more, so it is called at once for her.
 */
export function whenClosed(answer: Pick<ServerResponse, 'destroyed' | 'once'>, then: () => void): void {
  if (answer.destroyed) then();
  else answer.once('close', then);
}
