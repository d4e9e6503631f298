import type {LedgerCursor, SignedAnchor} from '../../src/application/ports.js';
import {alertOf} from '../../src/domain/alerts.js';
import type {AlertToSend} from '../../src/domain/alerts.js';
import type {NumberWindow} from '../../src/domain/entry-limits.js';
import type {AcceptedRecord, AcceptedSkip, RecordNumber, RecordStateName} from '../../src/domain/record.js';
import type {Tokens} from '@vitalvault/ledger-state';

export interface Row {
  readonly record: AcceptedRecord;
  state: RecordStateName;
  packRoot: string | undefined;
  /** Its ciphertext waits for a pack. */
  waits: boolean;
  /** When it is its owner's turn to be packed. */
  readonly turn: number;
  claimedBy: string | undefined;
  replicas: number;
  anchorTx: string | undefined;
  attempts: number;
  retryAtMs: number;
  settled: {height: bigint; txId: string} | undefined;
  logIndex: bigint | undefined;
  refusalCode: number | undefined;
}

export interface SkipRow {
  readonly skip: AcceptedSkip;
  state: 'accepted' | 'stored' | 'refused' | 'skipped';
  anchorTx: string | undefined;
  attempts: number;
  retryAtMs: number;
  settled: {height: bigint; txId: string; logIndex: bigint} | undefined;
}

export interface AnchorRow {
  readonly anchor: SignedAnchor;
  readonly keyId: string;
  readonly nonce: bigint;
  readonly entryIds: readonly string[];
  state: 'open' | 'included' | 'expired' | 'failed';
}

export interface RegistrationRow extends NumberWindow {
  readonly removed: {readonly atHeight: bigint; readonly atTime: bigint} | undefined;
}

/** The tables that storage's stores in memory share, and what more than one of them does with them. */
export class MemoryTables {
  readonly rows = new Map<string, Row>();
  readonly skips = new Map<string, SkipRow>();
  /** Record ids by number. */
  protected readonly numbers = new Map<string, string>();
  readonly anchors = new Map<string, AnchorRow>();
  /** Leaves of ours whose entry is not here. */
  readonly earlyLeaves = new Map<string, {height: bigint; txId: string; logIndex: bigint}>();
  readonly alerts: AlertToSend[] = [];
  /** By device/registration. */
  readonly registrations = new Map<string, RegistrationRow>();
  /** By device/…, owner/… or organisation/. */
  readonly buckets = new Map<string, Tokens>();
  /** Since when a transaction waits; milliseconds. */
  waitingSince: number | undefined;
  protected block: LedgerCursor = {height: 0n, blockTime: 0n};

  constructor(protected readonly now: () => number) {}

  protected rowOf(entryId: string): Row | SkipRow | undefined {
    return this.rows.get(entryId) ?? this.skips.get(entryId);
  }

  protected skipOf(number: RecordNumber): SkipRow | undefined {
    return [...this.skips.values()].find(({skip}) => isNumber(skip, number));
  }

  protected recordOf(number: RecordNumber): Row | undefined {
    return this.rows.get(this.numbers.get(numberName(number)) ?? '');
  }

  /** What a transaction carried that will never be included goes into another one. */
  protected free(txId: string, retryAtMs: number): void {
    for (const row of [...this.rows.values(), ...this.skips.values()])
      if (row.anchorTx === txId && row.state === 'stored') Object.assign(row, {anchorTx: undefined, retryAtMs});
  }

  protected alertRefused(patient: string, recordId: string): void {
    this.alerts.push(
      alertOf('refused', {
        patient,
        subject: Buffer.from(recordId, 'hex'),
        text: 'refused',
        raisedAtMs: BigInt(this.now()),
        traceparent: undefined,
      }),
    );
  }
}

/** A number as a key. */
export const numberName = ({device, registration, sequence}: RecordNumber): string =>
  `${device}/${String(registration)}/${String(sequence)}`;

const isNumber = (one: RecordNumber, {device, registration, sequence}: RecordNumber): boolean =>
  one.device === device && one.registration === registration && one.sequence === sequence;
