import type {DeadLetter, LetterBytes, SetAsideOrder} from '@vitalvault/process';
import type {KafkaPartition} from './judge-position.js';
import {headersOf} from './letter-headers.js';
import type {OffsetStore} from './partitions.js';
import {printable} from './printable.js';
import type {Answered, OperationPorts} from './run-operation.js';
import {laneOf} from './standing-lanes.js';
import type {Place} from './standing-lanes.js';

/** Dead letters as a person sees and resolves them. */
export interface ResolvedLetters {
  list(which: 'unresolved' | 'all'): Promise<readonly DeadLetter[]>;
  /** Those of these ids that there are, resolved or not. */
  byId(ids: readonly bigint[]): Promise<readonly DeadLetter[]>;
  /** Unresolved ones. @param recordId hexadecimal */
  ofRecord(recordId: string): Promise<readonly DeadLetter[]>;
  /** Undefined: it is resolved, or there is none. */
  bytesOf(id: bigint): Promise<LetterBytes | undefined>;
  /** How many unresolved ones hold no record that can be read. */
  withoutRecord(): Promise<number>;
  /** @returns false when somebody has resolved it already */
  delete(id: bigint, by: string): Promise<boolean>;
  /**
   * Has it sent while nobody else can resolve it. At least once: it stays unresolved where `send` or the write fails.
   * @returns false when somebody has resolved it already: nothing was sent
   * @throws what `send` throws
   */
  sendAgain(id: bigint, by: string, send: (letter: LetterBytes) => Promise<void>): Promise<boolean>;
  order(order: SetAsideOrder): Promise<void>;
}

export interface LetterToSend {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly headers: Record<string, Buffer[]>;
}

export interface LetterPorts extends Pick<OperationPorts, 'write' | 'ask' | 'logger'> {
  /** Those that the service takes. */
  readonly topics: readonly string[];
  readonly letters: ResolvedLetters;
  readonly offsets: Pick<OffsetStore, 'load'>;
  readonly view: {partitions(topic: string): Promise<ReadonlyMap<number, KafkaPartition>>};
  /** Into its topic; done when Kafka has acknowledged it. */
  readonly send: (topic: string, letter: LetterToSend) => Promise<void>;
}

/** Whose they are: ids, or a record's. */
export type WhichLetters = {readonly ids: readonly bigint[]} | {readonly recordId: string};

/** What is set aside. @param which all: what somebody has resolved, too */
export async function listLetters(
  {letters}: Pick<LetterPorts, 'letters'>,
  which: 'unresolved' | 'all',
): Promise<Answered> {
  const found = await letters.list(which);
  const text = found.length === 0 ? ['Nothing is set aside and unresolved.'] : found.map(textOf);
  return {json: {deadLetters: found.map(jsonOf)}, text, done: true};
}

/** One of them, with its bytes in hexadecimal while it is unresolved. */
export async function showLetter({letters}: Pick<LetterPorts, 'letters'>, id: bigint): Promise<Answered> {
  const [letter] = await letters.byId([id]);
  if (letter === undefined) return {json: {deadLetter: null}, text: [none(id)], done: false};
  const bytes = await letters.bytesOf(id);
  if (bytes === undefined) return {json: {deadLetter: jsonOf(letter)}, text: [textOf(letter)], done: true};
  const [key, value] = [bytes.key, bytes.value].map((part) => Buffer.from(part).toString('hex'));
  const headers = headersOf(bytes.headers);
  const named = Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [name, values.map((one) => one.toString('hex'))]),
  );
  const lines = Object.entries(named).map(([name, values]) => `header ${printable(name)}  ${values.join(', ')}`);
  return {
    json: {deadLetter: {...jsonOf(letter), key, value, headers: named}},
    text: [textOf(letter), `key    ${key ?? ''}`, ...lines, `value  ${value ?? ''}`],
    done: true,
  };
}

/**
 * Puts messages into their topics again as they came, each only when its place is typed, and writes down who did it.
 * One that still cannot be taken is set aside anew.
 */
export async function sendAgain(ports: LetterPorts, ids: readonly bigint[], by: string): Promise<Answered> {
  return resolveEach(ports, {ids}, {by, how: 'sent', question: 'To send it again'});
}

/** Deletes messages for good, each only when its place is typed; who did it and when stays. */
export async function deleteLetters(ports: LetterPorts, which: WhichLetters, by: string): Promise<Answered> {
  return resolveEach(ports, which, {by, how: 'deleted', question: 'To delete it for good'});
}

/**
 * Has a message set aside at which its partition stands, when its place is typed. The service does it, where it tries
 * the message again and still cannot take it.
 */
export async function orderSetAside(
  {ask, letters, logger, offsets, topics, view, write}: LetterPorts,
  {topic, partition, offset}: Place & {readonly offset: bigint},
  by: string,
): Promise<Answered> {
  const at = `${laneOf({topic, partition})}/${String(offset)}`;
  const refused = (text: string): Answered => ({json: {ordered: null}, text: [text], done: false});
  if (!topics.includes(topic)) return refused(`This service takes ${topics.join(' and ')} only.`);
  const found = (await view.partitions(topic)).get(partition);
  if (found === undefined) return refused('Kafka has no such partition.');
  const next = (await offsets.load(topic, partition))?.next ?? found.low;
  if (next !== offset) return refused(`It does not stand there: ${String(next)} is taken next.`);
  if (offset >= found.high) return refused('There is no message yet: nobody can have looked at it.');
  write('What is behind it goes on without it. Is there no version that takes it?');
  if ((await ask(`To have it set aside, type ${at}: `)).trim() !== at) return refused('Left as it is.');
  await letters.order({topic, partition, offset, cluster: found.cluster, by});
  logger.warn('a person had a message set aside', {at});
  return {
    json: {ordered: at},
    text: ['Ordered. Within 15 seconds it is set aside, if it still cannot be taken; after an hour the order lapses.'],
    done: true,
  };
}

interface Resolution {
  readonly by: string;
  readonly how: 'sent' | 'deleted';
  readonly question: string;
}

async function resolveEach(ports: LetterPorts, which: WhichLetters, resolution: Resolution): Promise<Answered> {
  const {found, all} = await asked(ports, which);
  const resolved: string[] = [];
  const answer = (): Pick<Answered, 'json' | 'text'> => ({json: {[resolution.how]: resolved}, text: []});
  try {
    for (const letter of found) if (await resolveOne(ports, letter, resolution)) resolved.push(String(letter.id));
  } catch (fault) {
    return {...answer(), done: false, fault};
  }
  return {...answer(), done: all && found.length > 0 && resolved.length === found.length};
}

/** Those that there are, and whether they are all that is asked for. */
async function asked({letters, write}: LetterPorts, which: WhichLetters): Promise<{found: DeadLetter[]; all: boolean}> {
  if ('ids' in which) {
    const found = [...(await letters.byId(which.ids))];
    const missing = which.ids.filter((id) => !found.some((letter) => letter.id === id));
    for (const id of missing) write(none(id));
    return {found, all: missing.length === 0};
  }
  const found = [...(await letters.ofRecord(which.recordId))];
  if (found.length === 0) write('Nothing in which that record can be read is set aside and unresolved.');
  const unreadable = await letters.withoutRecord();
  if (unreadable > 0)
    write(`No record can be read in ${String(unreadable)} unresolved: look whether one holds it (list, show).`);
  return {found, all: unreadable === 0};
}

async function resolveOne(ports: LetterPorts, letter: DeadLetter, resolution: Resolution): Promise<boolean> {
  const {ask, logger, write} = ports;
  const {how, question} = resolution;
  write(textOf(letter));
  if (letter.resolved !== undefined) {
    write('Somebody has resolved it already.');
    return false;
  }
  const at = placeOf(letter);
  if ((await ask(`${question}, type ${at}: `)).trim() !== at) {
    write('Left as it is.');
    return false;
  }
  if (!(await resolveNow(ports, letter, resolution))) {
    write('Somebody else resolved it meanwhile: nothing was done.');
    return false;
  }
  logger.warn('a person resolved a dead letter', {at, state: how});
  write(how === 'sent' ? 'Sent; its bytes are in its topic alone now.' : 'Deleted. Who did it and when stays.');
  return true;
}

async function resolveNow(
  {letters, send, write}: LetterPorts,
  {id, topic}: DeadLetter,
  {by, how}: Resolution,
): Promise<boolean> {
  if (how === 'deleted') return letters.delete(id, by);
  try {
    return await letters.sendAgain(id, by, ({key, value, headers}) =>
      send(topic, {key: Buffer.from(key), value: Buffer.from(value), headers: headersOf(headers)}),
    );
  } catch (error) {
    write('It is not known whether it was sent; it stays unresolved.');
    throw error;
  }
}

const placeOf = ({topic, partition, offset}: DeadLetter): string => `${laneOf({topic, partition})}/${String(offset)}`;

const none = (id: bigint): string => `There is no ${String(id)}.`;

const timeOf = (unixMs: number): string => new Date(unixMs).toISOString();

function textOf(letter: DeadLetter): string {
  const {id, bytes, reason, recordId, setAsideAtMs, setAsideBy, resolved} = letter;
  const by = setAsideBy === undefined ? '' : ` by ${setAsideBy}`;
  const record = recordId === undefined ? '' : `  record ${recordId}`;
  const ended =
    resolved === undefined ? `${String(bytes)} bytes` : `${resolved.how} ${timeOf(resolved.atMs)} by ${resolved.by}`;
  return `${String(id)}  ${placeOf(letter)}  ${timeOf(setAsideAtMs)}${by}${record}  ${ended}  ${reason}`;
}

const jsonOf = (letter: DeadLetter): Record<string, unknown> => ({
  ...{id: String(letter.id), at: placeOf(letter), topic: letter.topic, partition: letter.partition},
  ...{offset: String(letter.offset), reason: letter.reason, bytes: letter.bytes, recordId: letter.recordId ?? null},
  ...{setAsideAt: timeOf(letter.setAsideAtMs), setAsideBy: letter.setAsideBy ?? null},
  resolved:
    letter.resolved === undefined
      ? null
      : {at: timeOf(letter.resolved.atMs), by: letter.resolved.by, how: letter.resolved.how},
});
