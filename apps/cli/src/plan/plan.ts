import {CAPACITY_RANGE, memoryFor} from '@vitalvault/genesis';
import type {Capacity, MemoryNeed} from '@vitalvault/genesis';
import {
  EMPTY_BLOCK,
  KAFKA_DAYS,
  QUESTION_BYTES,
  QUESTION_CPU_MS,
  READINGS_OF_RECORD,
  RECORD_BYTES,
  RECORD_CPU_MS,
} from './unit-costs.js';

/** What a hospital expects. */
export interface Load {
  /** Of this hospital. */
  readonly patients: number;
  /** Of a patient: each of up to 64 readings. */
  readonly recordsADay: number;
  /** Of a patient: how often somebody asks to read. */
  readonly questionsADay: number;
  /** Whose keys an answer has. */
  readonly recordsOfQuestion: number;
  /** With as many patients each, on one ledger. */
  readonly hospitals: number;
  readonly years: number;
  /** The busiest minute ÷ the mean of a day. */
  readonly peak: number;
  readonly copies: {readonly ipfs: number; readonly kafka: number};
  readonly capacity: Capacity;
}

/** What it takes. Bytes are at the end of the years, all copies together. */
export interface Plan {
  readonly recordsASecond: {readonly mean: number; readonly peak: number};
  readonly readingsASecondPeak: number;
  /** At the peak, by part of the hospital's own; `validator` is one. */
  readonly cores: Readonly<Record<string, number>>;
  readonly bytes: Readonly<Record<'storage' | 'policy' | 'notify' | 'kafka' | 'ipfs' | 'comet' | 'ledger', number>>;
  readonly ledger: {
    /** Until records are refused for want of leaves. */
    readonly fullAfterDays: number;
    readonly keysNeeded: number;
    readonly memory: MemoryNeed;
  };
  /** What does not fit, in words. */
  readonly limits: readonly string[];
}

const DAY_SECONDS = 86_400;
const YEAR_DAYS = 365;
/** Of an organisation's part, what records and new people may fill (docs/protocol.md §4.3). */
const FOR_RECORDS = 0.7;
/** Keys of the state for a patient with a device and a reader (docs/operations/capacity.md). */
const KEYS_OF_PATIENT = 25;
const CORES_OF_PROCESS = 1;

/** @throws nothing; a load that no ledger bears says so in `limits` */
export function planOf(load: Load): Plan {
  const {patients, hospitals, years, capacity} = load;
  const days = years * YEAR_DAYS;
  const [own, all] = [patients, patients * hospitals];
  const mean = (own * load.recordsADay) / DAY_SECONDS;
  const cores = coresOf(load);
  const fullAfterDays = (FOR_RECORDS * capacity.leaves) / (all * (load.recordsADay + load.questionsADay));
  const keysNeeded = Math.ceil((all * KEYS_OF_PATIENT) / FOR_RECORDS);
  return {
    recordsASecond: {mean, peak: mean * load.peak},
    readingsASecondPeak: mean * load.peak * READINGS_OF_RECORD,
    cores,
    bytes: bytesOf(load, days),
    ledger: {fullAfterDays, keysNeeded, memory: memoryFor(capacity)},
    limits: limitsOf({cores, fullAfterDays, keysNeeded, days, capacity}),
  };
}

function coresOf({patients, hospitals, recordsADay, questionsADay, recordsOfQuestion, peak}: Load) {
  const aSecond = (aDay: number): number => (patients * aDay * peak) / DAY_SECONDS / 1_000;
  const records = aSecond(recordsADay);
  const questionMs = QUESTION_CPU_MS.policy * hospitals + QUESTION_CPU_MS.policyEachRecord * recordsOfQuestion;
  const parts = Object.entries(RECORD_CPU_MS).map(([part, ms]) => {
    // Validators and policy follow what all hospitals anchor.
    const shared = part === 'validator' || part === 'policy' ? hospitals : 1;
    const more = part === 'policy' ? aSecond(questionsADay) * questionMs : 0;
    return [part, records * ms * shared + more] as const;
  });
  return Object.fromEntries(parts);
}

function bytesOf(load: Load, days: number): Plan['bytes'] {
  const {patients, hospitals, copies} = load;
  const [records, questions] = [patients * load.recordsADay * days, patients * load.questionsADay * days];
  const [allRecords, allQuestions] = [records * hospitals, questions * hospitals];
  const blocks = (days * DAY_SECONDS) / EMPTY_BLOCK.seconds;
  const keptRecords = (records / days) * Math.min(days, KAFKA_DAYS);
  return {
    storage: records * RECORD_BYTES.storage,
    policy:
      allRecords * RECORD_BYTES.policy +
      allQuestions * QUESTION_BYTES.policyOfAll +
      questions * (QUESTION_BYTES.policy + load.recordsOfQuestion * QUESTION_BYTES.policyEachRecord),
    notify: allQuestions * QUESTION_BYTES.notifyOfAll + questions * QUESTION_BYTES.notify,
    kafka: copies.kafka * (keptRecords * RECORD_BYTES.kafka + allQuestions * QUESTION_BYTES.kafkaForEver),
    ipfs: copies.ipfs * records * RECORD_BYTES.ipfs,
    comet: allRecords * RECORD_BYTES.comet + allQuestions * QUESTION_BYTES.comet + blocks * EMPTY_BLOCK.comet,
    ledger: allRecords * RECORD_BYTES.ledger + allQuestions * QUESTION_BYTES.ledger + blocks * EMPTY_BLOCK.ledger,
  };
}

interface ToJudge {
  readonly cores: Readonly<Record<string, number>>;
  readonly fullAfterDays: number;
  readonly keysNeeded: number;
  readonly days: number;
  readonly capacity: Capacity;
}

function limitsOf({cores, fullAfterDays, keysNeeded, days, capacity}: ToJudge): string[] {
  const found: string[] = [];
  const {leaves, keys} = CAPACITY_RANGE;
  if (fullAfterDays < days) {
    const needed = (capacity.leaves * days) / fullAfterDays;
    found.push(
      needed <= leaves.most
        ? `the ledger's leaves: ${whole(needed)} are needed for these years (--leaves)`
        : `the ledger's leaves: ${whole(needed)} are needed, and a ledger has ${whole(leaves.most)} at the most`,
    );
  }
  if (keysNeeded > capacity.keys)
    found.push(
      keysNeeded <= keys.most
        ? `the ledger's keys: ${whole(keysNeeded)} are needed (--keys)`
        : `the ledger's keys: ${whole(keysNeeded)} are needed, and a ledger has ${whole(keys.most)} at the most`,
    );
  for (const [part, needed] of Object.entries(cores))
    if (needed > CORES_OF_PROCESS)
      found.push(`${part}: ${needed.toFixed(1)} cores, and one process uses one: ${remedyOf(part, needed)}`);
  return found;
}

function remedyOf(part: string, cores: number): string {
  const most = `${Math.ceil(cores).toString()} of them`;
  if (part === 'validator') return 'every validator executes every block, so more of them do not help';
  if (part === 'policy') return 'each replica follows the whole ledger; its questions can be shared out';
  return part === 'postgres' || part === 'kafka' ? 'it uses several cores itself' : most;
}

const whole = (value: number): string => Math.ceil(value).toLocaleString('en-US');
