import type {Latencies} from './latencies.js';
import type {StoryBatch, StoryDecision} from './props.js';

/** What demo.json tells: counts, heights, CIDs, decisions, alerts, latencies. */
export interface Facts {
  run: string;
  chainId: string;
  ok: boolean;
  failure?: string;
  tookMs: number;
  /** From the story's beginning to the first reading that ingest accepted. */
  firstAcceptedMs?: number;
  startedAtMs: number;
  steps: {number: number; title: string; tookMs: number; held: string[]}[];
  counts: Record<string, number>;
  batches: StoryBatch[];
  decisions: StoryDecision[];
  alerts: {kind: string; subject: string; raisedAtMs: number}[];
  latencies: Record<string, Latencies>;
  memoryMiB?: number;
  /** How it was measured. */
  memoryIs?: string;
  search: {store: string; files: number; megabytes: number; sentence: number; control: number}[];
}

export function emptyFacts(run: string, chainId: string): Facts {
  return {
    run,
    chainId,
    ok: false,
    tookMs: 0,
    startedAtMs: Date.now(),
    steps: [],
    counts: {},
    batches: [],
    decisions: [],
    alerts: [],
    latencies: {},
    search: [],
  };
}
