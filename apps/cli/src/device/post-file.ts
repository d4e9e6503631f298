import {SdkError, isAway} from '@vitalvault/sdk';
import type {AsideReading, Device, DeviceStores, PostOutcome, Reading} from '@vitalvault/sdk';
import type {CsvRow} from '../csv/heart-rate-csv.js';
import {postReadings} from './post-readings.js';
import type {PostedBatch, Posting} from './post-readings.js';
import type {SentReadings} from './sent-readings.js';
import {settlePending} from './settle-pending.js';
import type {SettledPending} from './settle-pending.js';

/** A row that was not sent, in her terms. */
export interface LeftRow {
  /** Of the file; absent when it came from another file, or was kept from before. */
  line?: number | undefined;
  why: string;
}

/** What became of each row of a file. */
export interface PostedFile {
  rows: number;
  /** Sealed now. */
  sealed: number;
  /** Measurements that were sealed before, or stand in the file twice. */
  copies: number;
  /** Rows by which the sensor said that it measured nothing. */
  noContact: number;
  /** Kept until somebody sends them again or drops them. */
  aside: LeftRow[];
  /** They stay in the file alone. */
  unread: LeftRow[];
  /** Readings whose time has not come yet. */
  ahead: LeftRow[];
  batches: PostedBatch[];
  /** Records of this file that nobody took: they are kept. */
  unsent: number;
  /** Records of before and of this file. */
  settled: SettledPending;
}

export interface FilePosting extends Omit<Posting, 'device' | 'onSealed'> {
  device: Pick<Device, 'judge' | 'seal' | 'post' | 'settle' | 'repost'>;
  stores: Pick<DeviceStores, 'all' | 'setAside'>;
  sent: Pick<SentReadings, 'unknown' | 'remember'>;
  /** Patient, hexadecimal. */
  owner: string;
  toReading: (row: CsvRow & {kind: 'reading'}) => Reading;
  /** Unix milliseconds. */
  now: () => number;
  /** So long the proofs of what is anchored are waited for. */
  patienceMs: number;
}

/** A clock may be so far behind another. */
const AHEAD_MS = 300_000;

/**
 * Sends a file: what is kept from before goes first, and each row is judged by itself. Posted again it adds nothing.
 */
export async function postFile(rows: readonly CsvRow[], posting: FilePosting): Promise<PostedFile> {
  const {device, stores, sent, owner, typeName} = posting;
  const before = await sendKept(posting);
  const lines = new Map<string, number>();
  const readings = rows.flatMap((row) => {
    if (row.kind !== 'reading') return [];
    const reading = posting.toReading(row);
    lines.set(reading.text, row.line);
    return [reading];
  });
  const unknown = sent.unknown(readings);
  const {fit, unfit} = await device.judge(typeName, unknown);
  const aside = unfit.map(({reading, code, detail}): AsideReading => ({typeName, reading, owner, code, detail}));
  await stores.setAside(aside);
  const {batches, refused, unsent} = await postReadings(fit, {
    ...posting,
    onSealed: (some) => {
      sent.remember(some);
    },
  });
  // Nobody answers: asking what became of the records would end in the same.
  const settled =
    unsent > 0 || before === 'away'
      ? NOTHING
      : await settlePending(device, [...before, ...refused], posting.patienceMs);
  const leftRow = ({reading: {text}, detail}: AsideReading): LeftRow => ({line: lines.get(text), why: detail});
  return {
    rows: rows.length,
    sealed: fit.length,
    copies: readings.length - unknown.length,
    noContact: rows.filter(({kind}) => kind === 'no-contact').length,
    aside: [...aside, ...settled.aside].map(leftRow),
    unread: rows.flatMap((row) => (row.kind === 'unread' ? [{line: row.line, why: row.why}] : [])),
    ahead: fit
      .filter(({timeMs}) => timeMs > posting.now() + AHEAD_MS)
      .map(({text, timeMs}) => ({line: lines.get(text), why: `It is of ${new Date(timeMs).toISOString()}.`})),
    batches,
    unsent,
    settled,
  };
}

const NOTHING: SettledPending = {sealedAnew: 0, anchored: [], waiting: 0, kept: [], aside: []};

/** Posts again what was not anchored; a process that was killed may have sealed what it did not note. */
async function sendKept({device, stores, sent}: FilePosting): Promise<PostOutcome[] | 'away'> {
  const pending = await stores.all();
  if (pending.length === 0) return [];
  sent.remember(pending.flatMap(({readings}) => readings));
  try {
    return await device.repost();
  } catch (error) {
    if (error instanceof SdkError && isAway(error)) return 'away';
    throw error;
  }
}
