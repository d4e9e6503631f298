import {fromHex, toDecimal} from '@vitalvault/contracts';
import {alertOf} from '../../domain/alerts.js';
import {STATE} from '../../domain/record.js';
import {refusalText} from '../../domain/refusal-text.js';
import {retryAfterMs} from '../../domain/settle-anchor.js';
import type {EntryFate} from '../../domain/settle-anchor.js';
import {keepMessages} from '@vitalvault/postgres';
import type {Session} from './database.js';
import {alertMessage} from './outbox-rows.js';

/** What a transaction carries, with what is known of it now. */
export interface Carried {
  readonly kind: 'record' | 'skip';
  readonly entryId: string;
  /** Empty for a skip: its refusal is nobody's alert. */
  readonly patient: string;
  readonly traceparent: string | null;
  readonly anchorAttempts: number;
  readonly anchorTx: string | null;
  readonly state: number;
}

export interface Settling {
  readonly height: bigint;
  readonly txId: string;
  readonly nowMs: number;
  readonly carried: readonly Carried[];
}

/** Entries of a transaction in their order. */
export async function carriedBy(session: Session, txId: string): Promise<Carried[]> {
  const known = {traceparent: true, anchorAttempts: true, anchorTx: true, state: true} as const;
  const entries = await session.anchorEntry.findMany({
    where: {txId},
    orderBy: {place: 'asc'},
    select: {record: {select: {recordId: true, patient: true, ...known}}, skip: {select: {skipId: true, ...known}}},
  });
  return entries.flatMap(({record, skip}): Carried[] => {
    if (record !== null) return [{kind: 'record', entryId: record.recordId, ...record}];
    return skip === null ? [] : [{kind: 'skip', entryId: skip.skipId, patient: '', ...skip}];
  });
}

/** Writes what the entries of records came to. */
export async function settleRecords(session: Session, settling: Settling, fates: readonly EntryFate[]): Promise<void> {
  const own = pair(settling, fates, 'record');
  const anchored = own.flatMap(({fate}) => (fate.fate === 'anchored' ? [fate] : []));
  await session.$executeRaw`
    UPDATE records SET state = ${STATE.anchored}, height = ${settling.height}, tx_id = ${settling.txId}, log_index = entry.log_index, anchor_tx = NULL, refusal_code = NULL
    FROM unnest(${anchored.map(({entryId}) => entryId)}::text[], ${anchored.map(({logIndex}) => toDecimal(logIndex))}::text[]::numeric[]) AS entry (record_id, log_index)
    WHERE records.record_id = entry.record_id AND records.state <> ${STATE.anchored}`;
  for (const {entry, fate} of open(settling, own)) {
    const where = {recordId: entry.entryId};
    if (fate.fate === 'later') {
      await session.record.update({where, data: later(settling, entry)});
    } else if (fate.fate === 'refused') {
      await session.record.update({
        where,
        data: {
          state: STATE.refused,
          refusalCode: BigInt(fate.code),
          height: settling.height,
          txId: settling.txId,
          anchorTx: null,
        },
      });
      await keepMessages(session, [alertMessage(refusal(settling, entry, fate.code))]);
    }
  }
}

/** Writes what the entries of skips came to; a refused record whose number is given up is skipped from then on. */
export async function settleSkips(session: Session, settling: Settling, fates: readonly EntryFate[]): Promise<void> {
  const own = pair(settling, fates, 'skip');
  const {height, txId} = settling;
  for (const {entry, fate} of own) {
    if (fate.fate !== 'anchored' || entry.state === STATE.skipped) continue;
    const settled = {state: STATE.skipped, height, txId, logIndex: toDecimal(fate.logIndex)};
    const {device, registration, sequence} = await session.skip.update({
      where: {skipId: entry.entryId},
      data: {...settled, anchorTx: null, refusalCode: null},
    });
    await session.record.updateMany({where: {device, registration, sequence, state: STATE.refused}, data: settled});
  }
  for (const {entry, fate} of open(settling, own)) {
    const where = {skipId: entry.entryId};
    if (fate.fate === 'later') await session.skip.update({where, data: later(settling, entry)});
    else if (fate.fate === 'refused')
      await session.skip.update({
        where,
        data: {state: STATE.refused, refusalCode: BigInt(fate.code), height, txId, anchorTx: null},
      });
  }
}

interface Settled {
  readonly entry: Carried;
  readonly fate: EntryFate;
}

function pair({carried}: Settling, fates: readonly EntryFate[], kind: Carried['kind']): Settled[] {
  const byId = new Map(fates.map((fate) => [fate.entryId, fate]));
  return carried.flatMap((entry) => {
    const fate = byId.get(entry.entryId);
    return fate === undefined || entry.kind !== kind ? [] : [{entry, fate}];
  });
}

// Anchored by an earlier transaction, or under way in a later one: this entry says nothing new.
const open = ({txId}: Settling, settled: readonly Settled[]): Settled[] =>
  settled.filter(({entry}) => entry.state === STATE.stored && entry.anchorTx === txId);

const later = ({nowMs}: Settling, {anchorAttempts}: Carried) => ({
  anchorTx: null,
  anchorAttempts: anchorAttempts + 1,
  retryAtMs: BigInt(nowMs + retryAfterMs(anchorAttempts + 1)),
});

const refusal = ({nowMs}: Settling, {patient, entryId, traceparent}: Carried, code: number) =>
  alertOf('refused', {
    patient,
    subject: fromHex(entryId),
    traceparent: traceparent ?? undefined,
    raisedAtMs: BigInt(nowMs),
    text: refusalText(code),
  });
