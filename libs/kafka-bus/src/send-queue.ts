import {DomainError} from '@vitalvault/errors';
import type {Message, TopicMessages} from 'kafkajs';

/** Room in a queue, taken before any work is done for what is to be sent. */
export interface Place {
  /** Gives it back; a second time does nothing. */
  leave(): void;
}

/** Kafka was not reached: nothing of it was written. */
export class NeverSent extends Error {
  constructor(cause: unknown) {
    super('Kafka was not reached', {cause});
  }
}

export interface SendQueueOptions {
  /** Resolves when the messages are durable. @throws NeverSent; with anything else their outcome is unknown */
  readonly deliver: (batches: TopicMessages[]) => Promise<void>;
  /** Whether Kafka answered, and refuses these messages alone: no reason to think that it is away. */
  readonly isRefusal?: (error: unknown) => boolean;
  readonly limit?: {readonly messages: number; readonly bytes: number};
}

interface Waiting {
  readonly batch: TopicMessages;
  readonly place: Place;
  /** Undefined: it is durable. Only the first word counts. */
  readonly settle: (error?: unknown) => void;
  readonly atMs: number;
  flying: boolean;
  settled: boolean;
}

/** How long a caller waits for the acknowledgement; by then what waits is sent, or taken out. */
export const SEND_MS = 5_000;
/** Two seconds of what one broker takes here (7.5 MB/s), and a fifth of an ingest process's heap when it is full. */
const LIMIT = {messages: 16_384, bytes: 16 * 1_048_576};
/** A request that takes longer is no sign of a queue, but of Kafka: these are many of its round trips. */
const SLOW_MS = 2_500;
/** In which a queue that is full has gone, where Kafka answers. */
const FULL_SECONDS = 2;
/** Between a failure and the one request that tries again. */
const PROBE_MS = 1_000;
/** One second later than the probe: it has answered by then, if Kafka does. */
const AWAY_SECONDS = 2;
/** A broker takes about 1 MB for one partition at once (message.max.bytes). */
export const MAX_REQUEST_BYTES = 900_000;
const OVERHEAD_BYTES = 300;

/**
 * What waits to be sent: bounded, in order, one request under way. Who has no place is told so before anything is done
 * for him. What was not sent in time is taken out and never sent; what was on its way then has an unknown outcome, and
 * its caller is told that. After a failure everybody is refused at once but one, whose sending tells whether Kafka is
 * back (docs/adr/0047).
 */
export class SendQueue {
  #waiting: Waiting[] = [];
  readonly #used = {messages: 0, bytes: 0};
  #flushing = false;
  #flying: readonly Waiting[] = [];
  /** Since when a request is under way; Unix milliseconds. */
  #sentAtMs = 0;
  #closed = false;
  /** The last send failed: Unix milliseconds from which one may try. */
  #awayUntilMs: number | undefined;
  #probe: Place | undefined;

  constructor(private readonly options: SendQueueOptions) {}

  /**
   * Takes room for messages of so many bytes in all. An empty queue takes any number, else more than fit could never be
   * sent.
   * @throws DomainError `busy`, `bus-unavailable` with the seconds to wait, `shutting-down`; then nothing was taken
   */
  reserve(messages: number, bytes: number): Place {
    if (this.#closed) throw new DomainError('shutting-down');
    const away = this.#awayUntilMs;
    if (away !== undefined && (this.#probe !== undefined || Date.now() < away)) throw notSent();
    const {limit = LIMIT} = this.options;
    const [used, all] = [this.#used, {messages: this.#used.messages + messages, bytes: this.#used.bytes + bytes}];
    if (used.messages > 0 && (all.messages > limit.messages || all.bytes > limit.bytes))
      throw new DomainError('busy', {retryAfterSeconds: FULL_SECONDS});
    Object.assign(used, all);
    let left = false;
    const place: Place = {
      leave: () => {
        if (left) return;
        left = true;
        used.messages -= messages;
        used.bytes -= bytes;
        if (this.#probe === place) this.#probe = undefined;
      },
    };
    if (away !== undefined) this.#probe = place;
    return place;
  }

  /** Resolves when the messages are durable. @throws DomainError `bus-unavailable`, `shutting-down` */
  send(batch: TopicMessages, place: Place): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#expire(one);
      }, SEND_MS);
      const one: Waiting = {
        batch,
        place,
        atMs: Date.now(),
        flying: false,
        settled: false,
        settle: (error) => {
          clearTimeout(timer);
          one.settled = true;
          if (error === undefined) resolve();
          else reject(error instanceof DomainError ? error : new DomainError('bus-unavailable', {cause: error}));
        },
      };
      if (this.#closed) one.settle(new DomainError('shutting-down'));
      // It took its place before Kafka went: it is no probe.
      else if (this.#awayUntilMs !== undefined && this.#probe !== place) one.settle(notSent());
      else {
        this.#waiting.push(one);
        if (!this.#flushing) void this.#flush();
      }
    });
  }

  /** Messages that have a place, and the share of places or bytes that is taken, the larger one. */
  get used(): {readonly messages: number; readonly share: number} {
    const {limit = LIMIT} = this.options;
    const {messages, bytes} = this.#used;
    return {messages, share: Math.max(messages / limit.messages, bytes / limit.bytes)};
  }

  /** How long the oldest waits that nobody has acknowledged; 0: none does. */
  get oldestMs(): number {
    const oldest = (this.#flying.find(({settled}) => !settled) ?? this.#waiting[0])?.atMs;
    return oldest === undefined ? 0 : Math.max(0, Date.now() - oldest);
  }

  /** Nothing more is taken; what waits is refused. */
  close(): void {
    this.#closed = true;
    this.#takeOut(new DomainError('shutting-down'));
  }

  #expire(one: Waiting): void {
    if (one.flying) {
      one.settle(unknownOutcome());
      // One that waited long and was sent just now says nothing.
      if (Date.now() - this.#sentAtMs >= SLOW_MS) this.#away();
      return;
    }
    this.#waiting.splice(this.#waiting.indexOf(one), 1);
    one.settle(notSent());
  }

  async #flush(): Promise<void> {
    this.#flushing = true;
    while (this.#waiting.length > 0) {
      const taken = this.#take();
      for (const one of taken) one.flying = true;
      this.#flying = taken;
      this.#sentAtMs = Date.now();
      try {
        await this.options.deliver(merge(taken));
        this.#awayUntilMs = undefined;
        for (const {settle} of taken) settle();
      } catch (error) {
        this.#failed(taken, error);
      }
      this.#flying = [];
    }
    this.#flushing = false;
  }

  #failed(taken: readonly Waiting[], error: unknown): void {
    // Those whose time was over said so already, and a probe may have been let in since.
    const first = taken.some(({settled}) => !settled);
    const refusal = this.options.isRefusal?.(error) === true;
    const told = refusal ? error : error instanceof NeverSent ? notSent(error) : unknownOutcome(error);
    for (const {settle} of taken) settle(told);
    if (first && !refusal) this.#away();
  }

  #away(): void {
    this.#awayUntilMs = Date.now() + PROBE_MS;
    this.#takeOut(notSent());
  }

  #takeOut(error: DomainError): void {
    for (const {settle} of this.#waiting.splice(0)) settle(error);
  }

  #take(): Waiting[] {
    let bytes = 0;
    const end = this.#waiting.findIndex(
      ({batch}, index) => (bytes += bytesOf(batch.messages)) > MAX_REQUEST_BYTES && index > 0,
    );
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }
}

const notSent = (cause?: unknown): DomainError =>
  new DomainError('bus-unavailable', {detail: 'Nothing was sent.', retryAfterSeconds: AWAY_SECONDS, cause});
const unknownOutcome = (cause?: unknown): DomainError =>
  new DomainError('bus-unavailable', {
    detail: 'It was on its way: whether it was written is not known.',
    retryAfterSeconds: AWAY_SECONDS,
    cause,
  });

type Sized = Readonly<{value: {readonly length: number} | null}>;
/** Of a message on the wire, about. */
const sizeOf = ({value}: Sized): number => (value?.length ?? 0) + OVERHEAD_BYTES;
export const bytesOf = (messages: readonly Sized[]): number =>
  messages.reduce((sum, message) => sum + sizeOf(message), 0);

/** In order, in portions that one request takes; a message above that is one of its own. */
export function portionsOf<T extends Sized>(messages: readonly T[]): T[][] {
  const portions: T[][] = [];
  let room = 0;
  for (const message of messages) {
    const size = sizeOf(message);
    if (size > room) {
      portions.push([]);
      room = MAX_REQUEST_BYTES;
    }
    portions.at(-1)?.push(message);
    room -= size;
  }
  return portions;
}

function merge(waiting: readonly Waiting[]): TopicMessages[] {
  const byTopic = new Map<string, Message[]>();
  for (const {batch} of waiting) byTopic.set(batch.topic, [...(byTopic.get(batch.topic) ?? []), ...batch.messages]);
  return [...byTopic].map(([topic, messages]) => ({topic, messages}));
}
