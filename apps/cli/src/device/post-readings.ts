import {setTimeout as sleep} from 'node:timers/promises';
import {SdkError, splitReadings} from '@vitalvault/sdk';
import type {Device, PendingRecord, Reading, ReceiptState} from '@vitalvault/sdk';
import {CliError, EXIT} from '../cli-error.js';

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
  /** Takes an anchored record out of what is kept for sending again. */
  forget: (record: PendingRecord) => Promise<void>;
  typeName: string;
  newTrace: () => string;
  onProgress: (progress: {posted: number; anchored: number; total: number}) => void;
}

/** Records in one body of POST /v1/records. */
const RECORDS_PER_BODY = 8;
const POLL_MS = 100;
const PATIENCE_MS = 90_000;

/**
 * Posts readings in batches cut at the hour and waits until the ledger has every one of them, or refused it for good.
 */
export async function postReadings(readings: Reading[], posting: Posting): Promise<PostedBatch[]> {
  const batches = splitReadings(readings);
  const posted: Waiting[] = [];
  let anchored = 0;
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
      posted.push(
        ...(await postBody(
          batches.slice(i, i + RECORDS_PER_BODY).flatMap((batch) => batch.readings),
          posting,
        )),
      );
      progress();
    }
  } finally {
    feed.ended = true;
  }
  await asking;
  return posted.map(({batch}) => batch);
}

interface Waiting {
  batch: PostedBatch;
  pending: PendingRecord;
  postedAt: number;
}

async function postBody(readings: Reading[], {device, typeName, newTrace}: Posting): Promise<Waiting[]> {
  const records = await device.seal(typeName, readings);
  const traceId = newTrace();
  const postedAt = performance.now();
  const outcomes = await device.post(records);
  const acceptedMs = performance.now() - postedAt;
  return outcomes.map((outcome, i) => {
    if (outcome.status === 'refused') throw outcome.error;
    const pending = records[i] as PendingRecord;
    return {
      pending,
      postedAt,
      batch: {
        sequence: pending.sequence,
        recordId: pending.recordId,
        readings: pending.readings.length,
        traceId,
        acceptedMs,
        state: 'accepted',
        receipt: outcome.receipt,
      },
    };
  });
}

// One record at a time, the oldest: those behind it are mostly in the same transaction, so one question each is enough.
async function followToLedger({batch, pending, postedAt}: Waiting, {asking, forget}: Posting): Promise<void> {
  for (;;) {
    const state = await asking.state(BigInt(pending.sequence));
    const sinceMs = performance.now() - postedAt;
    // Another record has the number: that one's state says nothing of ours, which stays for `vv device settle`.
    if (state.recordId !== pending.recordId)
      throw new SdkError('receipt-invalid', {
        detail: `the answer about number ${pending.sequence} names another record`,
      });
    if (state.state !== 'accepted') batch.storedMs ??= sinceMs;
    if (state.state === 'anchored' || state.state === 'refused') {
      Object.assign(batch, describe(state), {anchoredMs: sinceMs});
      if (state.state === 'anchored') await forget(pending);
      return;
    }
    if (sinceMs > PATIENCE_MS) {
      throw new CliError(
        'not-anchored',
        `Record ${pending.sequence} is still ${state.state} after ${PATIENCE_MS / 1000} s.`,
        {remedy: 'It is kept; go on later with `vv device settle`.', exit: EXIT.unavailable},
      );
    }
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
