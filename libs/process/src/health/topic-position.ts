/** How far a consumer took a partition, as it stands beside the effects, and by what Kafka is known again. */
export interface TopicPosition {
  /** Offset of the record that is taken next. */
  readonly next: bigint;
  /** Kafka's id of the cluster that the records were read from. */
  readonly cluster: string;
  /** SHA-256 of the record before `next`, lower-case hex; undefined: a person had it begin here. */
  readonly last: string | undefined;
}

/** A step of a consumer, stored with its effect and only where it continues what is stored. */
export interface Advance {
  readonly topic: string;
  readonly partition: number;
  /** What must be stored; undefined: nothing yet. */
  readonly from: TopicPosition | undefined;
  readonly to: TopicPosition;
}

/**
 * Another position is stored than the one that an effect continues: the database is a copy of before, or another
 * process has the partition. Nothing of the effect was written.
 */
export class PositionMoved extends Error {
  override readonly name = 'PositionMoved';

  constructor({topic, partition, from}: Advance) {
    super(`${topic}/${String(partition)} is not stored at ${from === undefined ? 'no position' : String(from.next)}`);
  }
}
