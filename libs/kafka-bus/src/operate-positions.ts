import type {Advance, Logger, TopicPosition} from '@vitalvault/process';
import {isSeenByReading, judgePosition} from './judge-position.js';
import type {KafkaPartition} from './judge-position.js';
import type {OffsetStore} from './partitions.js';
import {laneOf} from './standing-lanes.js';
import type {Place} from './standing-lanes.js';

/** Positions as a person may change them. */
export interface DecidedOffsets extends Pick<OffsetStore, 'all'> {
  /** @returns false when it does not stand there any more: then nothing was changed */
  decide(advance: Advance & {readonly from: TopicPosition}, by: string): Promise<boolean>;
}

export interface OperatePorts {
  readonly offsets: DecidedOffsets;
  readonly view: {partitions(topic: string): Promise<ReadonlyMap<number, KafkaPartition>>};
  readonly write: (line: string) => void;
  /** What the person types. */
  readonly ask: (question: string) => Promise<string>;
  readonly logger: Logger;
}

interface Compared extends Place {
  readonly position: TopicPosition;
  readonly stands: string | undefined;
  readonly found: KafkaPartition | undefined;
}

/** Shows what is stored of each partition and what Kafka has. */
export async function showPositions(ports: Pick<OperatePorts, 'offsets' | 'view' | 'write'>): Promise<void> {
  const all = await compared(ports);
  if (all.length === 0) ports.write('No record of any topic was taken yet.');
  for (const one of all) ports.write(`${textOf(one)}: ${one.stands ?? 'goes on'}`);
}

/**
 * Has partitions that stand begin at the first record that Kafka has, each only when its place is typed: nothing that
 * is there is left out, and what was taken before takes effect once.
 * @param by who decides; stays in the database
 * @returns whether none stands any more
 */
export async function beginAnew(ports: OperatePorts, by: string): Promise<boolean> {
  const standing = (await compared(ports)).filter(({stands}) => stands !== undefined);
  if (standing.length === 0) ports.write('No partition stands against its position: there is nothing to decide.');
  let done = true;
  for (const one of standing) done = (await beginOne(ports, one, by)) && done;
  return done;
}

async function beginOne({ask, logger, offsets, write}: OperatePorts, one: Compared, by: string): Promise<boolean> {
  const {topic, partition, position, stands, found} = one;
  write(`${textOf(one)}: ${stands ?? ''}`);
  if (found === undefined) {
    write('Kafka has no such partition: make the topic first.');
    return false;
  }
  // The note is the service's, of when it last looked.
  if (!isSeenByReading(stands ?? '') && judgePosition(position, found).kind !== 'stand') {
    write('Kafka continues it now, so there is nothing to decide: the service goes on by itself.');
    return true;
  }
  const place = `${laneOf(one)}/${String(found.low)}`;
  write(`Given up is what the old one held from offset ${String(position.next)} on and this one does not have.`);
  if ((await ask(`To have it begin there, type ${place}: `)).trim() !== place) {
    write('Left as it is.');
    return false;
  }
  const to = {next: found.low, cluster: found.cluster, last: undefined};
  if (!(await offsets.decide({topic, partition, from: position, to}, by))) {
    write('It does not stand there any more: nothing was changed.');
    return false;
  }
  logger.warn('a person had a partition begin anew', {at: place, reason: stands, offset: position.next});
  write('Written down. The service goes on there within 15 seconds.');
  return true;
}

async function compared({offsets, view}: Pick<OperatePorts, 'offsets' | 'view'>): Promise<Compared[]> {
  const stored = await offsets.all();
  const topics = [...new Set(stored.map(({topic}) => topic))];
  const found = new Map<string, ReadonlyMap<number, KafkaPartition>>();
  for (const topic of topics) found.set(topic, await view.partitions(topic));
  return stored.map((one) => ({...one, found: found.get(one.topic)?.get(one.partition)}));
}

const textOf = ({topic, partition, position: {next, cluster}, found}: Compared): string => {
  const has =
    found === undefined
      ? 'Kafka has nothing'
      : `Kafka ${found.cluster} has ${String(found.low)} to ${String(found.high)}`;
  return `${laneOf({topic, partition})}  stored ${String(next)} of Kafka ${cluster}  ${has}`;
};
