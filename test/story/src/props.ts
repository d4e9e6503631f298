import {StoryFailed} from './narrator.js';

/** One batch of step 3 as `vv device post` told it. */
export interface StoryBatch {
  sequence: string;
  recordId: string;
  readings: number;
  traceId: string;
  cid: string;
  replicas: number;
  height: string;
  txId: string;
  anchoredMs: number;
}

/** A decision of the ledger that the story saw. */
export interface StoryDecision {
  txId: string;
  height: string;
  logIndex: string;
  permit: boolean;
  what: string;
  rule?: number;
  reason?: string;
}

/** What later steps need of earlier ones. */
interface PropValues {
  patient: string;
  member: string;
  card: string;
  /** An access log that was saved early: yesterday's head. */
  oldLog: string;
  batches: StoryBatch[];
  /** In a reading of the batch that was posted by itself. */
  sentence: string;
  planted: StoryBatch[];
  grantId: string;
  grantHeight: string;
  grantTxId: string;
  permit: StoryDecision;
  opened: {recordIds: string[]; readings: number};
  hoarded: StoryDecision;
}

/** Things that actors learned, by name. */
export class Props {
  private readonly values: Partial<PropValues> = {};

  put<K extends keyof PropValues>(name: K, value: PropValues[K]): void {
    this.values[name] = value;
  }

  get<K extends keyof PropValues>(name: K): PropValues[K] {
    const value = this.values[name];
    if (value === undefined) throw new StoryFailed(`an earlier step did not leave "${name}"`);
    return value;
  }
}
