import {equalBytes} from '@vitalvault/contracts';
import type {SignedAccepted} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {DomainError} from '@vitalvault/errors';
import type {IncomingRecord, RecordNumber} from '../domain/incoming-record.js';
import type {RecentNumbers} from '../domain/recent-numbers.js';
import type {IssueReceipt} from './issue-receipt.js';
import type {JudgeRecords} from './judge-records.js';
import type {NumberRecords, NumberVerdict} from './number-records.js';
import type {AcceptedLog, AskAsStranger, Clock, PlaceInLog} from './ports.js';
import type {StorageBacklog} from './storage-backlog.js';

/** What became of one record of a request. */
export type RecordOutcome =
  | {readonly status: 'accepted' | 'duplicate'; readonly record: IncomingRecord; readonly receipt: SignedAccepted}
  | {readonly status: 'refused'; readonly record?: IncomingRecord; readonly problem: DomainError};

/** A number that a request is working on; settles when its record is durable or is not. */
interface Claim {
  readonly recordId: Uint8Array;
  readonly receipt: Promise<SignedAccepted>;
  readonly settle: (outcome: SignedAccepted | DomainError) => void;
}

/**
 * Takes records: given room in the queue to the log, judged, charged and numbered, made durable, and only then
 * receipted. A fault that concerns the whole request (no room, quota, a service away, Kafka away) is thrown and nothing
 * is acknowledged; what is wrong with one record refuses that one alone.
 * @paper CA-18: cannot alter or invent a reading, because every record carries its device's signature
 */
export class AcceptRecords {
  readonly #claims = new Map<RecordNumber, Claim>();

  constructor(
    private readonly options: {now: Clock},
    private readonly ports: {
      backlog: StorageBacklog;
      judge: JudgeRecords;
      numbers: NumberRecords;
      recent: RecentNumbers;
      receipts: IssueReceipt;
      log: AcceptedLog;
    },
  ) {}

  /** @param ask for devices that nobody knows here, as who posts may */
  async execute(posted: readonly PostedRecord[], ask: AskAsStranger): Promise<RecordOutcome[]> {
    const place = this.ports.log.reserve(posted.length, bytesOf(posted));
    try {
      return await this.#accept(posted, {place, ask});
    } finally {
      place.leave();
    }
  }

  async #accept(
    posted: readonly PostedRecord[],
    {place, ask}: {place: PlaceInLog; ask: AskAsStranger},
  ): Promise<RecordOutcome[]> {
    await this.ports.backlog.check();
    const judged = await this.ports.judge.execute(posted, ask);
    const good = judged.filter((one): one is IncomingRecord => !(one instanceof DomainError));
    const first = new Map<RecordNumber, IncomingRecord>();
    for (const record of good) if (!first.has(record.number)) first.set(record.number, record);
    const copies = good.filter((record) => first.get(record.number) !== record);
    const outcomes = await this.#take({records: [...first.values()], copies, place});
    return judged.map((one) => {
      if (one instanceof DomainError) return {status: 'refused', problem: one};
      return outcomeOf(one, first.get(one.number), outcomes.get(one.number));
    });
  }

  async #take({
    records,
    copies,
    place,
  }: {
    records: readonly IncomingRecord[];
    copies: readonly IncomingRecord[];
    place: PlaceInLog;
  }): Promise<Map<RecordNumber, RecordOutcome>> {
    const outcomes = new Map<RecordNumber, RecordOutcome>();
    const claimed: {record: IncomingRecord; claim: Claim}[] = [];
    const followed: {record: IncomingRecord; claim: Claim}[] = [];
    for (const record of records) {
      const others = this.#claims.get(record.number);
      if (others !== undefined) followed.push({record, claim: others});
      else claimed.push({record, claim: this.#claim(record)});
    }
    try {
      const alsoCharged = [...copies, ...followed.map(({record}) => record)];
      await this.#publish({records: claimed.map(({record}) => record), alsoCharged, place}, outcomes);
    } catch (error) {
      const fault = error instanceof DomainError ? error : new DomainError('internal', {cause: error});
      for (const {claim} of claimed) claim.settle(fault);
      throw error;
    } finally {
      for (const {record, claim} of claimed) {
        const outcome = outcomes.get(record.number);
        if (outcome !== undefined) claim.settle(outcome.status === 'refused' ? outcome.problem : outcome.receipt);
        this.#claims.delete(record.number);
      }
    }
    // Waited for only when our own claims are settled: two requests that wait for each other would wait for ever.
    for (const {record, claim} of followed) outcomes.set(record.number, await follow(record, claim));
    return outcomes;
  }

  #claim({number, recordId}: IncomingRecord): Claim {
    const {promise, resolve, reject} = Promise.withResolvers<SignedAccepted>();
    promise.catch(() => undefined);
    const claim: Claim = {
      recordId,
      receipt: promise,
      settle: (outcome) => {
        if (outcome instanceof DomainError) reject(outcome);
        else resolve(outcome);
      },
    };
    this.#claims.set(number, claim);
    return claim;
  }

  async #publish(
    {
      records,
      alsoCharged,
      place,
    }: {records: readonly IncomingRecord[]; alsoCharged: readonly IncomingRecord[]; place: PlaceInLog},
    outcomes: Map<RecordNumber, RecordOutcome>,
  ): Promise<void> {
    const {recent, receipts, log} = this.ports;
    const verdicts = await this.ports.numbers.execute(records, alsoCharged);
    const fresh = verdicts
      .filter(({verdict}) => verdict.kind === 'fresh')
      .map(({record, verdict}) => {
        const earlier = earlierOf(verdict);
        const acceptedAtMs = earlier?.acceptedAtMs ?? this.options.now();
        return {record, acceptedAtMs, receipt: earlier?.receipt ?? receipts.execute(record, acceptedAtMs)};
      });
    for (const {record, verdict} of verdicts) {
      if (verdict.kind === 'duplicate')
        outcomes.set(record.number, {status: 'duplicate', record, receipt: verdict.receipt});
      if (verdict.kind === 'refused')
        outcomes.set(record.number, {status: 'refused', record, problem: verdict.problem});
    }
    if (fresh.length === 0) return;
    // Remembered before it is sent: if the outcome stays unknown, the same bytes later get this very receipt.
    for (const {record, receipt, acceptedAtMs} of fresh)
      recent.remember(record.number, {recordId: record.recordId, receipt, acceptedAtMs, durable: false});
    await log.append(
      fresh.map(({record, receipt, acceptedAtMs}) => ({
        patient: record.header.patient,
        record: record.posted,
        receipt,
        acceptedAtMs,
      })),
      place,
    );
    for (const {record, receipt, acceptedAtMs} of fresh) {
      recent.remember(record.number, {recordId: record.recordId, receipt, acceptedAtMs, durable: true});
      outcomes.set(record.number, {status: 'accepted', record, receipt});
    }
  }
}

/** About what a record takes beside its ciphertext: header, sealed key, hash, signatures, receipt. */
const BESIDE_CIPHERTEXT_BYTES = 1_024;
const bytesOf = (posted: readonly PostedRecord[]): number =>
  posted.reduce((sum, {ciphertext}) => sum + ciphertext.length + BESIDE_CIPHERTEXT_BYTES, 0);

const earlierOf = (verdict: NumberVerdict) => (verdict.kind === 'fresh' ? verdict.earlier : undefined);

async function follow(record: IncomingRecord, claim: Claim): Promise<RecordOutcome> {
  if (!equalBytes(claim.recordId, record.recordId))
    return {status: 'refused', record, problem: new DomainError('sequence-conflict')};
  try {
    return {status: 'duplicate', record, receipt: await claim.receipt};
  } catch (error) {
    if (error instanceof DomainError && !error.retryable) return {status: 'refused', record, problem: error};
    throw error;
  }
}

/** Two records of one request with one number: the first counts, the same bytes again are its duplicate. */
function outcomeOf(
  record: IncomingRecord,
  first: IncomingRecord | undefined,
  outcome: RecordOutcome | undefined,
): RecordOutcome {
  if (first === undefined || outcome === undefined)
    return {status: 'refused', record, problem: new DomainError('internal')};
  if (record === first) return outcome;
  if (!equalBytes(record.recordId, first.recordId))
    return {status: 'refused', record, problem: new DomainError('sequence-conflict')};
  return outcome.status === 'accepted' ? {...outcome, status: 'duplicate'} : outcome;
}
