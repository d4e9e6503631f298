/** A place in a topic. */
interface LetterPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

export interface LetterBytes {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** JSON: by name a list of values in hexadecimal. */
  readonly headers: string;
}

/** A message of a topic as it is set aside. */
export interface Letter extends LetterPlace, LetterBytes {
  /** Kafka's id of its cluster. */
  readonly cluster: string;
  /** When it was written, by Kafka; Unix milliseconds. */
  readonly timestampMs: bigint;
  /** Why it was not taken, in words of ours. */
  readonly reason: string;
  /** Hexadecimal; undefined: none can be read in it. */
  readonly recordId: string | undefined;
  /** Who had it set aside; undefined: no version takes it. */
  readonly by: string | undefined;
}

/** That a person has a message set aside, if it cannot be taken. */
export interface SetAsideOrder extends LetterPlace {
  readonly cluster: string;
  readonly by: string;
}

/** A message that was set aside, without its bytes. */
export interface DeadLetter extends LetterPlace {
  readonly id: bigint;
  readonly reason: string;
  readonly recordId: string | undefined;
  /** Of key, value and headers. */
  readonly bytes: number;
  readonly setAsideAtMs: number;
  readonly setAsideBy: string | undefined;
  readonly resolved: {readonly atMs: number; readonly by: string; readonly how: 'sent' | 'deleted'} | undefined;
}

/** What nobody has resolved. */
export interface LettersWaiting {
  readonly count: number;
  readonly bytes: number;
  readonly oldestMs: number | undefined;
}

/** As many messages are set aside and unresolved as there may be: the next one stands. */
export class DeadLettersFull extends Error {
  override readonly name = 'DeadLettersFull';

  constructor({count, bytes}: Pick<LettersWaiting, 'count' | 'bytes'>) {
    super(`${String(count)} messages of ${String(bytes)} bytes are set aside and unresolved`);
  }
}
