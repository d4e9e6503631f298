import type {TopicPosition} from '@vitalvault/process';

/** What Kafka has of a partition. */
export interface KafkaPartition {
  /** Kafka's id of the cluster. */
  readonly cluster: string;
  /** Offset of the first record that is still there. */
  readonly low: bigint;
  /** Offset that the next record will get. */
  readonly high: bigint;
}

/**
 * What to do with a partition: read from `at`, whose first record is the one before the position and must have its hash
 * (`compare`) or is the next to take (`read`); or `stand`, because Kafka does not continue the position.
 */
export type Judgement =
  {readonly kind: 'compare' | 'read'; readonly at: bigint} | {readonly kind: 'stand'; readonly reason: string};

/**
 * Compares the position stored beside the effects with what Kafka says of the partition. Nothing is compared where
 * retention has deleted exactly what was taken (low = next), nor where a person had it begin: only the cluster must be
 * the same.
 */
export function judgePosition(stored: TopicPosition | undefined, {cluster, low, high}: KafkaPartition): Judgement {
  if (stored === undefined) return {kind: 'read', at: low};
  const {next, last} = stored;
  const stand = (reason: string): Judgement => ({kind: 'stand', reason});
  if (cluster !== stored.cluster)
    return stand(`another Kafka: stored is offset ${next} of cluster ${stored.cluster}, found is cluster ${cluster}`);
  if (high < next) return stand(`records are gone: stored is offset ${next}, Kafka ends at ${high}`);
  if (low > next) return stand(`retention passed: stored is offset ${next}, Kafka begins at ${low}`);
  return last === undefined || low === next ? {kind: 'read', at: next} : {kind: 'compare', at: next - 1n};
}

const ANOTHER_TOPIC = 'another topic:';
const MISSING = 'records are missing:';

/** Whether a reason to stand is one that only reading shows, not what Kafka says of the partition. */
export const isSeenByReading = (reason: string): boolean =>
  reason.startsWith(ANOTHER_TOPIC) || reason.startsWith(MISSING);

/** That the record before the position is another one. */
export const otherRecord = (next: bigint): string =>
  `${ANOTHER_TOPIC} the record at offset ${next - 1n} is not the one that was taken there`;

/** That Kafka gives no record where its own word has one. */
export const noRecord = (at: bigint, found: bigint): string => `${MISSING} asked for offset ${at}, Kafka gave ${found}`;

/** How many records wait behind a position; all of them where it is not this partition's. */
export function unread(next: bigint | undefined, {low, high}: Pick<KafkaPartition, 'low' | 'high'>): bigint {
  return high - firstUnread(next, {low, high});
}

/** Offset of the first record that waits behind a position; `high`: none does. */
export function firstUnread(next: bigint | undefined, {low, high}: Pick<KafkaPartition, 'low' | 'high'>): bigint {
  return next === undefined || next < low || next > high ? low : next;
}
