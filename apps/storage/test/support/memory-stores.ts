import {CODE} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import type {
  AcceptOutcome,
  AcceptedBatch,
  AnchorStore,
  BlockEffect,
  LedgerCursor,
  LedgerStore,
  RecordStatus,
  RecordStore,
  EntryToAnchor,
  RecordToPack,
  ReadersRequest,
  ReleasableRecord,
  ReleaseStore,
  SignedAnchor,
  TopicPosition,
} from '../../src/application/ports.js';
import type {AlertToSend} from '../../src/domain/alerts.js';
import {alertOf} from '../../src/domain/alerts.js';
import type {BlockFacts, DecidedRequest, IncludedAnchor} from '../../src/domain/block-facts.js';
import {recordEntry, skipEntry} from '../../src/domain/choose-entries.js';
import type {AcceptedRecord, AcceptedSkip, RecordNumber, RecordStateName} from '../../src/domain/record.js';
import {retryAfterMs, settleAnchor} from '../../src/domain/settle-anchor.js';
import type {AnchorFate, EntryFate} from '../../src/domain/settle-anchor.js';

interface Row {
  readonly record: AcceptedRecord;
  state: RecordStateName;
  packRoot: string | undefined;
  replicas: number;
  anchorTx: string | undefined;
  attempts: number;
  retryAtMs: number;
  settled: {height: bigint; txId: string} | undefined;
  logIndex: bigint | undefined;
  refusalCode: number | undefined;
}

interface SkipRow {
  readonly skip: AcceptedSkip;
  state: 'stored' | 'refused' | 'skipped';
  anchorTx: string | undefined;
  attempts: number;
  retryAtMs: number;
  settled: {height: bigint; txId: string; logIndex: bigint} | undefined;
}

interface AnchorRow {
  readonly anchor: SignedAnchor;
  readonly keyId: string;
  readonly entryIds: readonly string[];
  state: 'open' | 'included' | 'expired' | 'failed';
}

/**
 * All of storage's stores in memory: what the specs of the use cases run on. The contract suite holds them to what the
 * real ones do.
 */
export class MemoryStores implements RecordStore, AnchorStore, LedgerStore, ReleaseStore {
  readonly rows = new Map<string, Row>();
  readonly skips = new Map<string, SkipRow>();
  readonly anchors = new Map<string, AnchorRow>();
  readonly alerts: AlertToSend[] = [];
  readonly announced: string[] = [];
  readonly positions = new Map<string, bigint>();
  readonly #conflicts = new Map<string, AcceptedRecord>();
  readonly #nonces = new Map<string, bigint>();
  readonly #requests = new Map<string, DecidedRequest>();
  readonly #readers = new Map<string, string>();
  readonly #devices = new Map<string, Uint8Array>();
  readonly #answers = new Map<string, number>();
  #cursor: LedgerCursor = {height: 0n, blockTime: 0n};

  constructor(private readonly now: () => number) {}

  accept({records, skips = []}: AcceptedBatch, {topic, partition, nextOffset}: TopicPosition): Promise<AcceptOutcome> {
    let [fresh, conflicts] = [0, 0];
    for (const record of records) {
      if (this.rows.has(record.recordId)) continue;
      const skip = this.#skipOf(record);
      if (this.#byNumber(record) === undefined && (skip === undefined || skip.state === 'refused')) {
        fresh++;
        this.rows.set(record.recordId, {
          record,
          state: 'accepted',
          packRoot: undefined,
          replicas: 0,
          anchorTx: undefined,
          attempts: 0,
          retryAtMs: 0,
          settled: undefined,
          logIndex: undefined,
          refusalCode: undefined,
        });
      } else if (!this.#conflicts.has(record.recordId)) {
        conflicts++;
        this.#conflicts.set(record.recordId, record);
        this.#refused(record.patient, record.recordId);
      }
    }
    let taken = 0;
    for (const skip of skips) {
      if (this.#skipOf(skip) !== undefined || ![undefined, 'refused'].includes(this.#byNumber(skip)?.state)) continue;
      taken++;
      this.skips.set(skip.skipId, {
        skip,
        state: 'stored',
        anchorTx: undefined,
        attempts: 0,
        retryAtMs: 0,
        settled: undefined,
      });
    }
    this.positions.set(`${topic}/${String(partition)}`, nextOffset);
    return Promise.resolve({fresh, conflicts, skips: taken});
  }

  toPack(limit: {records: number; bytes: number}, except: ReadonlySet<string>): Promise<RecordToPack[]> {
    let bytes = 0;
    const waiting = [...this.rows.values()]
      .filter((row) => row.state === 'accepted' && !except.has(row.record.recordId))
      .slice(0, limit.records);
    return Promise.resolve(
      waiting
        .filter(({record}, place) => (bytes += record.ciphertext.length) <= limit.bytes || place === 0)
        .map(({record}) => record),
    );
  }

  markStored({
    root,
    replicas,
    recordIds,
  }: {
    root: string;
    replicas: number;
    recordIds: readonly string[];
  }): Promise<void> {
    for (const id of recordIds) {
      const row = this.rows.get(id);
      if (row?.state !== 'accepted') continue;
      Object.assign(row, {state: 'stored', packRoot: root, replicas});
      this.announced.push(id);
    }
    return Promise.resolve();
  }

  byNumber(number: RecordNumber): Promise<RecordStatus | undefined> {
    const row = this.#byNumber(number);
    if (row !== undefined) return Promise.resolve(statusOf(row));
    const skip = this.#skipOf(number);
    return Promise.resolve(
      skip?.state === 'skipped'
        ? {recordId: '', patient: '', state: 'skipped', receipt: undefined, ...skip.settled}
        : undefined,
    );
  }

  byId(recordId: string): Promise<RecordStatus | undefined> {
    const row = this.rows.get(recordId);
    const conflict = this.#conflicts.get(recordId);
    if (row !== undefined) return Promise.resolve(statusOf(row));
    return Promise.resolve(
      conflict === undefined
        ? undefined
        : {recordId, patient: '', state: 'refused', receipt: conflict.receipt, refusalCode: CODE.entryDuplicate},
    );
  }

  alert(alerts: readonly AlertToSend[]): Promise<void> {
    this.alerts.push(...alerts);
    return Promise.resolve();
  }

  toAnchor(limit: number, nowMs: number): Promise<EntryToAnchor[]> {
    const due = (row: Row | SkipRow): boolean =>
      row.state === 'stored' && row.anchorTx === undefined && row.retryAtMs <= nowMs;
    const skips = [...this.skips.values()]
      .filter(due)
      .map(({skip}): EntryToAnchor => ({
        kind: 'skip',
        entryId: skip.skipId,
        content: skipEntry(skip),
        traceparent: skip.traceparent,
      }));
    const records = [...this.rows.values()]
      .filter(due)
      .map(({record}): EntryToAnchor => ({
        kind: 'record',
        entryId: record.recordId,
        content: recordEntry(record),
        traceparent: record.traceparent,
      }));
    return Promise.resolve([...skips, ...records].slice(0, limit));
  }

  sign(keyId: string, entries: readonly EntryToAnchor[], sign: (nonce: bigint) => SignedAnchor): Promise<SignedAnchor> {
    const nonce = this.#nonces.get(keyId) ?? 1n;
    const rows = entries.flatMap(({entryId}) => this.#rowOf(entryId) ?? []);
    if (rows.some((row) => row.anchorTx !== undefined || row.state !== 'stored'))
      return Promise.reject(new Error('entries were taken by another process'));
    const anchor = sign(nonce);
    this.#nonces.set(keyId, nonce + 1n);
    this.anchors.set(anchor.txId, {anchor, keyId, entryIds: entries.map(({entryId}) => entryId), state: 'open'});
    for (const row of rows) Object.assign(row, {anchorTx: anchor.txId, attempts: row.attempts + 1});
    return Promise.resolve(anchor);
  }

  open(): Promise<SignedAnchor[]> {
    return Promise.resolve([...this.anchors.values()].filter(({state}) => state === 'open').map(({anchor}) => anchor));
  }

  fail(txId: string): Promise<void> {
    const row = this.anchors.get(txId);
    if (row?.state === 'open') {
      row.state = 'failed';
      this.#free(txId, this.now());
    }
    return Promise.resolve();
  }

  skipNonces(keyId: string, highest: bigint): Promise<void> {
    const next = this.#nonces.get(keyId) ?? 1n;
    this.#nonces.set(keyId, next > highest ? next : highest + 1n);
    return Promise.resolve();
  }

  cursor(): Promise<LedgerCursor> {
    return Promise.resolve(this.#cursor);
  }

  apply(block: LedgerCursor, facts: BlockFacts): Promise<BlockEffect> {
    if (block.height > this.#cursor.height + 1n) return Promise.reject(new DomainError('behind'));
    if (block.height <= this.#cursor.height) return Promise.resolve({anchors: [], expired: 0});
    this.#cursor = block;
    for (const request of facts.requests) this.#requests.set(request.txId, request);
    for (const {keyId, identity} of facts.readers) this.#readers.set(keyId, identity);
    for (const {device, publicKey} of facts.devices) this.#devices.set(device, publicKey);
    const anchored = new Set(
      facts.anchors.flatMap((included) => {
        const fate = this.#judge(included);
        return fate.kind === 'settled'
          ? fate.entries.flatMap((one) => (one.fate === 'anchored' ? one.entryId : []))
          : [];
      }),
    );
    const anchors = facts.anchors.flatMap((included) => this.#settle(block, included, anchored) ?? []);
    const expired = [...this.anchors.values()].filter(
      ({state, anchor}) =>
        state === 'open' && (anchor.expiresAtHeight <= block.height || anchor.expiresAtTime < block.blockTime),
    );
    for (const row of expired) {
      row.state = 'expired';
      this.#free(row.anchor.txId, 0);
    }
    return Promise.resolve({anchors, expired: expired.length});
  }

  request(txId: string): Promise<ReadersRequest | undefined> {
    const request = this.#requests.get(txId);
    const reader = this.#readers.get(request?.signerKeyId ?? '');
    return Promise.resolve(request === undefined || reader === undefined ? undefined : {...request, reader});
  }

  releasable(request: DecidedRequest, from: bigint, limit: number): Promise<ReleasableRecord[]> {
    const fits = ({record, logIndex}: Row): boolean =>
      logIndex !== undefined &&
      logIndex >= from &&
      logIndex < request.recordLogSize &&
      record.patient === request.patient &&
      record.slot >= request.slotFrom &&
      record.slot <= request.slotTo &&
      (request.typeTag === '0'.repeat(32) || request.typeTag === record.typeTag);
    const found = [...this.rows.values()]
      .filter(fits)
      .map((row) => ({
        ...row.record,
        packRoot: row.packRoot,
        ciphertextBytes: row.record.ciphertext.length,
        logIndex: row.logIndex ?? 0n,
        deviceKey: this.#devices.get(row.record.device) ?? new Uint8Array(),
      }));
    return Promise.resolve(found.sort((a, b) => Number(a.logIndex - b.logIndex)).slice(0, limit));
  }

  answers(txId: string, recordIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(
      new Map(
        recordIds.flatMap((id) => {
          const answers = this.#answers.get(txId + id);
          return answers === undefined ? [] : [[id, answers] as const];
        }),
      ),
    );
  }

  countAnswer(txId: string, recordIds: readonly string[], most: number): Promise<boolean> {
    const over = recordIds.some((id) => (this.#answers.get(txId + id) ?? 0) >= most);
    if (!over) for (const id of recordIds) this.#answers.set(txId + id, (this.#answers.get(txId + id) ?? 0) + 1);
    return Promise.resolve(!over);
  }

  #judge({txId, signerKeyId, code, results}: IncludedAnchor): AnchorFate {
    const row = this.anchors.get(txId);
    return row === undefined || row.keyId !== signerKeyId || row.state === 'included'
      ? {kind: 'ignored'}
      : settleAnchor(row.entryIds, code, results);
  }

  #settle(
    block: LedgerCursor,
    included: IncludedAnchor,
    anchored: ReadonlySet<string>,
  ): BlockEffect['anchors'][number] | undefined {
    const [row, fate] = [this.anchors.get(included.txId), this.#judge(included)];
    if (row === undefined || fate.kind === 'ignored') return undefined;
    row.state = fate.kind === 'settled' ? 'included' : 'failed';
    if (fate.kind === 'failed') this.#free(included.txId, this.now() + retryAfterMs(1));
    const settled = fate.kind === 'settled' ? fate.entries : [];
    const entries = settled.filter((one) => one.fate === 'anchored' || !anchored.has(one.entryId));
    for (const entry of entries) this.#settleEntry(block, included.txId, entry);
    const count = (wanted: string): number => entries.filter((entry) => entry.fate === wanted).length;
    const {txId, txHash, traceparent} = row.anchor;
    return {
      txId,
      txHash,
      traceparent,
      anchored: count('anchored'),
      later: count('later'),
      refused: count('refused'),
      traces: [],
    };
  }

  #settleEntry({height}: LedgerCursor, txId: string, fate: EntryFate): void {
    const row = this.#rowOf(fate.entryId);
    if (row === undefined || row.state === 'anchored' || row.state === 'skipped') return;
    if (fate.fate === 'anchored') {
      if ('record' in row)
        Object.assign(row, {
          state: 'anchored',
          settled: {height, txId},
          logIndex: fate.logIndex,
          anchorTx: undefined,
          refusalCode: undefined,
        });
      else this.#skip(row, {height, txId, logIndex: fate.logIndex});
    } else if (row.state === 'stored' && row.anchorTx === txId) {
      if (fate.fate === 'later')
        Object.assign(row, {anchorTx: undefined, retryAtMs: this.now() + retryAfterMs(row.attempts)});
      else
        Object.assign(row, {
          state: 'refused',
          refusalCode: fate.code,
          settled: {height, txId, logIndex: undefined},
          anchorTx: undefined,
        });
      if (fate.fate === 'refused' && 'record' in row) this.#refused(row.record.patient, fate.entryId);
    }
  }

  #skip(row: SkipRow, settled: {height: bigint; txId: string; logIndex: bigint}): void {
    Object.assign(row, {state: 'skipped', settled, anchorTx: undefined});
    const record = this.#byNumber(row.skip);
    if (record?.state === 'refused') Object.assign(record, {state: 'skipped', settled, logIndex: settled.logIndex});
  }

  #free(txId: string, retryAtMs: number): void {
    for (const row of [...this.rows.values(), ...this.skips.values()])
      if (row.anchorTx === txId && row.state === 'stored') Object.assign(row, {anchorTx: undefined, retryAtMs});
  }

  #refused(patient: string, recordId: string): void {
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

  #rowOf(entryId: string): Row | SkipRow | undefined {
    return this.rows.get(entryId) ?? this.skips.get(entryId);
  }

  #skipOf({device, registration, sequence}: RecordNumber): SkipRow | undefined {
    return [...this.skips.values()].find(
      ({skip}) => skip.device === device && skip.registration === registration && skip.sequence === sequence,
    );
  }

  #byNumber({device, registration, sequence}: RecordNumber): Row | undefined {
    return [...this.rows.values()].find(
      ({record}) => record.device === device && record.registration === registration && record.sequence === sequence,
    );
  }
}

function statusOf({record, state, packRoot, replicas, settled, logIndex, refusalCode}: Row): RecordStatus {
  return {
    recordId: record.recordId,
    patient: record.patient,
    state,
    receipt: record.receipt,
    ...(packRoot === undefined ? {} : {cid: record.cid, replicas}),
    ...settled,
    ...(logIndex === undefined ? {} : {logIndex}),
    ...(refusalCode === undefined ? {} : {refusalCode}),
  };
}
