import type {Advance, TopicPosition} from '../src/index.js';

const at = (next: bigint): TopicPosition => ({next, cluster: 'made', last: `hash ${String(next)}`});

/** A step of a consumer from one offset to another, as a test makes it. @param from undefined: nothing is stored */
export const madeStep = (
  from: bigint | undefined,
  to: bigint,
  {topic = 't', partition = 0}: {topic?: string; partition?: number} = {},
): Advance => ({topic, partition, from: from === undefined ? undefined : at(from), to: at(to)});

/** A consumer that takes message after message of one partition. */
export class MadeConsumer {
  #next: bigint | undefined;

  /** The step that the next message makes. */
  advance(): Advance {
    const from = this.#next;
    this.#next = (from ?? 0n) + 1n;
    return madeStep(from, this.#next);
  }
}
