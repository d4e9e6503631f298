import {setTimeout as sleep} from 'node:timers/promises';
import {SdkError, isAway, splitReadings} from '@vitalvault/sdk';
import type {Device, PendingRecord, PostOutcome, Reading, ReceiptState} from '@vitalvault/sdk';

/** What became of one record, with times in milliseconds from its POST as this side saw them. */
export interface PostedBatch {
  sequence: string;
  recordId: string;
  readings: number;
  /** Trace of the POST that carried it. */
  traceId: string;
  acceptedMs: number;
  storedMs?: number;
  anchoredMs?: number;
  state: ReceiptState['state'];
  cid?: string;
  replicas?: number;
  height?: string;
  txId?: string;
  logIndex?: string;
  refusal?: string;
  /** Canonical SignedAccepted, hexadecimal. */
  receipt: string;
}

export interface Posting {
  /** Posts under a trace of its own each time. */
  device: Pick<Device, 'seal' | 'post'>;
  /** The same device, for asking how far its records are. */
  asking: Pick<Device, 'state'>;
  /** Told of readings once they are sealed and kept. */
  onSealed: (readings: readonly Reading[]) => void;
  typeName: string;
  newTrace: () => string;
  onProgress: (progress: {posted: number; anchored: number; total: number}) => void;
}

/** Records in one body of POST /v1/records. */
const RECORDS_PER_BODY = 8;
const POLL_MS = 100;
const PATIENCE_MS = 90_000;

/**
 * Posts readings in batches cut at the hour and follows them until the gateway says that the ledger has every one of
 * them, or refused it, or that takes too long. Forgets none: what the gateway says is proven later. When nobody
 * answers, all are sealed and kept.
 * @returns what it took, what it refused, and how many records nobody took
 */
export async function postReadings(
  readings: readonly Reading[],
  posting: Posting,
): Promise<{batches: PostedBatch[]; refused: PostOutcome[]; unsent: number}> {
  const batches = splitReadings(readings);
  const posted: Waiting[] = [];
  const refused: PostOutcome[] = [];
  let anchored = 0;
  let unsent = 0;
  const feed = {ended: false};
  const progress = () => {
    posting.onProgress({posted: posted.length, anchored, total: batches.length});
  };
  const asking = (async () => {
    for (let next = 0; !feed.ended || next < posted.length; next++) {
      while (next >= posted.length && !feed.ended) await sleep(POLL_MS);
      const record = posted[next];
      if (record === undefined) return;
      await followToLedger(record, posting);
      anchored++;
      progress();
    }
  })();
  // Its failure is seen below, when it is awaited; until then it must not end the process.
  asking.catch(() => undefined);
  try {
    for (let i = 0; i < batches.length; i += RECORDS_PER_BODY) {
      const some = batches.slice(i, i + RECORDS_PER_BODY).flatMap((batch) => batch.readings);
      const body = await postBody(some, posting, {isAway: unsent > 0});
      posted.push(...body.taken);
      refused.push(...body.refused);
      unsent += body.unsent;
      progress();
    }
  } finally {
    feed.ended = true;
  }
  await asking;
  return {batches: posted.map(({batch}) => batch), refused, unsent};
}

interface Waiting {
  batch: PostedBatch;
  postedAt: number;
}

async function postBody(
  readings: Reading[],
  {device, typeName, newTrace, onSealed}: Posting,
  gateway: {isAway: boolean},
): Promise<{taken: Waiting[]; refused: PostOutcome[]; unsent: number}> {
  const records = await device.seal(typeName, readings);
  onSealed(readings);
  const traceId = newTrace();
  const postedAt = performance.now();
  const outcomes = gateway.isAway ? undefined : await postUnlessAway(device, records);
  if (outcomes === undefined) return {taken: [], refused: [], unsent: records.length};
  const acceptedMs = performance.now() - postedAt;
  const taken: Waiting[] = [];
  const refused: PostOutcome[] = [];
  outcomes.forEach((outcome, i) => {
    const record = records[i];
    if (outcome.status === 'refused' || record === undefined) refused.push(outcome);
    else taken.push({postedAt, batch: takenBatch(record, {traceId, acceptedMs, receipt: outcome.receipt})});
  });
  return {taken, refused, unsent: 0};
}

async function postUnlessAway(
  device: Pick<Device, 'post'>,
  records: PendingRecord[],
): Promise<PostOutcome[] | undefined> {
  try {
    return await device.post(records);
  } catch (error) {
    if (error instanceof SdkError && isAway(error)) return undefined;
    throw error;
  }
}

function takenBatch(
  {sequence, recordId, readings}: PendingRecord,
  more: Pick<PostedBatch, 'traceId' | 'acceptedMs' | 'receipt'>,
): PostedBatch {
  return {sequence, recordId, readings: readings.length, state: 'accepted', ...more};
}

// One record at a time, the oldest: those behind it are mostly in the same transaction, so one question each is enough.
async function followToLedger({batch, postedAt}: Waiting, {asking}: Posting): Promise<void> {
  for (;;) {
    const state = await asking.state(BigInt(batch.sequence));
    const sinceMs = performance.now() - postedAt;
    // Another record has the number: that one's state says nothing of ours, which is settled later.
    if (state.recordId !== batch.recordId) return;
    if (state.state !== 'accepted') batch.storedMs ??= sinceMs;
    if (state.state === 'anchored' || state.state === 'refused') {
      Object.assign(batch, describe(state), {anchoredMs: sinceMs});
      return;
    }
    if (sinceMs > PATIENCE_MS) return;
    await sleep(POLL_MS);
  }
}

function describe(state: ReceiptState): Partial<PostedBatch> {
  return {
    state: state.state,
    ...(state.cid === undefined ? {} : {cid: state.cid}),
    ...(state.replicas === undefined ? {} : {replicas: state.replicas}),
    ...(state.height === undefined ? {} : {height: String(state.height)}),
    ...(state.txId === undefined ? {} : {txId: state.txId}),
    ...(state.logIndex === undefined ? {} : {logIndex: String(state.logIndex)}),
    ...(state.refusal === undefined ? {} : {refusal: state.refusal.name}),
  };
}
