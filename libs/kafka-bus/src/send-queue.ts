import {DomainError} from '@vitalvault/errors';
import type {Message, TopicMessages} from 'kafkajs';
import {MAX_REQUEST_BYTES, bytesOf} from './portions.js';

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

/** What goes in order, one request under way: of all partitions that are well, or of one that was not lately. */
interface Stream {
  waiting: Waiting[];
  flying: readonly Waiting[];
  /** Since when a request is under way; Unix milliseconds. */
  sentAtMs: number;
  flushing: boolean;
}

/** A partition, or a topic whose partitions are not known yet. */
interface Lane {
  /** Its last send failed: Unix milliseconds from which one may try. */
  awayUntilMs: number | undefined;
  probe: Place | undefined;
  /** Until then its messages go alone; Unix milliseconds. */
  apartUntilMs: number;
  readonly own: Stream;
}

const newStream = (): Stream => ({waiting: [], flying: [], sentAtMs: 0, flushing: false});

interface Waiting {
  readonly batch: TopicMessages;
  readonly lane: Lane;
  stream: Stream;
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
/** So long after a failure a partition's messages go alone: many probes of it, and few requests more. */
const APART_MS = 60_000;
/** Part of the room that messages of a partition may take that goes alone; the others have the rest. */
const APART_SHARE = 2;
/** One second later than the probe: it has answered by then, if Kafka does. */
const AWAY_SECONDS = 2;

/**
 * What waits to be sent: bounded, in order, one request under way. Who has no place is told so before anything is done
 * for him. What was not sent in time is taken out and never sent; what was on its way then has an unknown outcome, and
 * its caller is told that. After a failure all messages of its partitions are refused at once but one, whose sending
 * tells whether the partition can be written again; they go alone for a while, so a partition that cannot be written
 * stops its own share. Where nothing else was acknowledged lately, it is Kafka that is away, and everybody is refused
 * but one (docs/adr/0047).
 */
export class SendQueue {
  #together = newStream();
  readonly #lanes = new Map<string, Lane>();
  readonly #used = {messages: 0, bytes: 0};
  #closed = false;
  #acknowledgedAtMs = 0;
  /** Kafka is away: Unix milliseconds from which one may try. */
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

  /**
   * Resolves when the messages are durable.
   * @param partition that they all are for; where it is not known: their topic
   * @throws DomainError `bus-unavailable`, `shutting-down`; `busy` when too many wait for this partition alone
   */
  send(batch: TopicMessages, place: Place, partition: string = batch.topic): Promise<void> {
    return new Promise((resolve, reject) => {
      const lane = this.#laneOf(partition);
      const timer = setTimeout(() => {
        this.#expire(one);
      }, SEND_MS);
      const one: Waiting = {
        batch,
        lane,
        stream: this.#streamOf(lane),
        atMs: Date.now(),
        flying: false,
        settled: false,
        settle: (error) => {
          clearTimeout(timer);
          one.settled = true;
          if (lane.probe === place) lane.probe = undefined;
          if (error === undefined) resolve();
          else reject(error instanceof DomainError ? error : new DomainError('bus-unavailable', {cause: error}));
        },
      };
      const refused = this.#refusal(one, place);
      if (refused === undefined) {
        one.stream.waiting.push(one);
        void this.#flush(one.stream);
      } else one.settle(refused);
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
    const oldest = this.#streams().flatMap(
      ({flying, waiting}) => (flying.find(({settled}) => !settled) ?? waiting[0])?.atMs ?? [],
    );
    return Math.max(0, ...oldest.map((atMs) => Date.now() - atMs));
  }

  /** Nothing more is taken; what waits is refused. */
  close(): void {
    this.#closed = true;
    this.#takeOut(new DomainError('shutting-down'));
  }

  #laneOf(partition: string): Lane {
    const known = this.#lanes.get(partition);
    if (known !== undefined) return known;
    const lane: Lane = {awayUntilMs: undefined, probe: undefined, apartUntilMs: 0, own: newStream()};
    this.#lanes.set(partition, lane);
    return lane;
  }

  #streams(): Stream[] {
    return [this.#together, ...[...this.#lanes.values()].map(({own}) => own)];
  }

  #streamOf({apartUntilMs, own}: Lane): Stream {
    return own.flushing || Date.now() < apartUntilMs ? own : this.#together;
  }

  #refusal({batch, lane, stream}: Waiting, place: Place): DomainError | undefined {
    if (this.#closed) return new DomainError('shutting-down');
    // It took its place before Kafka went: it is no probe.
    if (this.#awayUntilMs !== undefined && this.#probe !== place) return notSent();
    if (lane.awayUntilMs !== undefined && lane.probe !== place) {
      if (lane.probe !== undefined || Date.now() < lane.awayUntilMs) return notSent();
      lane.probe = place;
    }
    return stream !== this.#together && this.#isFull(stream, batch)
      ? new DomainError('busy', {retryAfterSeconds: FULL_SECONDS})
      : undefined;
  }

  #isFull({flying, waiting}: Stream, batch: TopicMessages): boolean {
    const {limit = LIMIT} = this.options;
    const before = [...flying, ...waiting].flatMap((one) => one.batch.messages);
    const [messages, bytes] = [before.length + batch.messages.length, bytesOf(before) + bytesOf(batch.messages)];
    const full = messages > limit.messages / APART_SHARE || bytes > limit.bytes / APART_SHARE;
    return before.length > 0 && full;
  }

  #expire(one: Waiting): void {
    const {stream} = one;
    if (one.flying) {
      one.settle(unknownOutcome());
      // One that waited long and was sent just now says nothing.
      if (Date.now() - stream.sentAtMs >= SLOW_MS) this.#failed(stream, stream.flying);
      return;
    }
    stream.waiting.splice(stream.waiting.indexOf(one), 1);
    one.settle(notSent());
  }

  async #flush(stream: Stream): Promise<void> {
    if (stream.flushing) return;
    stream.flushing = true;
    while (stream.waiting.length > 0) {
      const taken = take(stream);
      try {
        await this.options.deliver(merge(taken));
        this.#acknowledged(taken);
      } catch (error) {
        this.#rejected(stream, taken, error);
      }
      stream.flying = [];
    }
    stream.flushing = false;
  }

  #acknowledged(taken: readonly Waiting[]): void {
    this.#acknowledgedAtMs = Date.now();
    this.#awayUntilMs = undefined;
    for (const {lane, settle} of taken) {
      lane.awayUntilMs = undefined;
      settle();
    }
  }

  #rejected(stream: Stream, taken: readonly Waiting[], error: unknown): void {
    // Those whose time was over said so already, and a probe may have been let in since.
    const first = taken.some(({settled}) => !settled);
    const refusal = this.options.isRefusal?.(error) === true;
    const told = refusal ? error : error instanceof NeverSent ? notSent(error) : unknownOutcome(error);
    for (const {settle} of taken) settle(told);
    if (first && !refusal) this.#failed(stream, error instanceof NeverSent ? [] : taken);
  }

  /** @param taken whose partitions may be why; none: Kafka was not reached */
  #failed(stream: Stream, taken: readonly Waiting[]): void {
    const nowMs = Date.now();
    const lanes = new Set(taken.map(({lane}) => lane));
    for (const lane of lanes) {
      lane.awayUntilMs = nowMs + PROBE_MS;
      lane.apartUntilMs = nowMs + APART_MS;
    }
    const neverSent = lanes.size === 0;
    // One may try at once where another partition may be well: those of these partitions are refused all the same.
    if (neverSent || nowMs - this.#acknowledgedAtMs >= SEND_MS) this.#awayUntilMs = nowMs + (neverSent ? PROBE_MS : 0);
    this.#takeOut(notSent(), neverSent ? undefined : lanes);
    this.#leaveAlone(stream);
  }

  // A request that hangs holds up those of its own partitions, and they go apart: the others go on in a new stream.
  #leaveAlone(stream: Stream): void {
    if (stream !== this.#together) return;
    this.#together = {...newStream(), waiting: stream.waiting};
    stream.waiting = [];
    for (const one of this.#together.waiting) one.stream = this.#together;
    void this.#flush(this.#together);
  }

  #takeOut(error: DomainError, of?: ReadonlySet<Lane>): void {
    for (const stream of this.#streams()) {
      const out = stream.waiting.filter(({lane}) => of?.has(lane) !== false);
      stream.waiting = stream.waiting.filter((one) => !out.includes(one));
      for (const {settle} of out) settle(error);
    }
  }
}

function take(stream: Stream): readonly Waiting[] {
  let bytes = 0;
  const end = stream.waiting.findIndex(
    ({batch}, index) => (bytes += bytesOf(batch.messages)) > MAX_REQUEST_BYTES && index > 0,
  );
  const taken = stream.waiting.splice(0, end === -1 ? stream.waiting.length : end);
  for (const one of taken) one.flying = true;
  stream.flying = taken;
  stream.sentAtMs = Date.now();
  return taken;
}

const notSent = (cause?: unknown): DomainError =>
  new DomainError('bus-unavailable', {detail: 'Nothing was sent.', retryAfterSeconds: AWAY_SECONDS, cause});
const unknownOutcome = (cause?: unknown): DomainError =>
  new DomainError('bus-unavailable', {
    detail: 'It was on its way: whether it was written is not known.',
    retryAfterSeconds: AWAY_SECONDS,
    cause,
  });

function merge(waiting: readonly Waiting[]): TopicMessages[] {
  const byTopic = new Map<string, Message[]>();
  for (const {batch} of waiting) byTopic.set(batch.topic, [...(byTopic.get(batch.topic) ?? []), ...batch.messages]);
  return [...byTopic].map(([topic, messages]) => ({topic, messages}));
}
