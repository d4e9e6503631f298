/** What a check found wrong. */
export interface Finding {
  readonly reason: string;
  /** A height, topic/partition/offset. */
  readonly at?: string | undefined;
  /** Unix milliseconds; default: since a check first found something. */
  readonly sinceMs?: number;
  /** Name of the part that is away, where it is another than the one that was looked at: it is told as that one. */
  readonly part?: string | undefined;
}
