import {DomainError} from '@vitalvault/errors';
import {DEFAULT_PARAMETERS} from '@vitalvault/ledger-state/testing';
import type {BlockEffect, LedgerCursor, LedgerStore, TakenBlock} from '../../src/application/ports.js';
import type {BlockFacts, DecidedRequest, IncludedAnchor} from '../../src/domain/block-facts.js';
import {withSpent, withTaken} from '../../src/domain/entry-limits.js';
import type {BucketOwner, EntryParameters} from '../../src/domain/entry-limits.js';
import {isWithoutRoom, retryAfterMs, settleAnchor} from '../../src/domain/settle-anchor.js';
import type {AnchorFate, EntryFate} from '../../src/domain/settle-anchor.js';
import {MemoryAnchors} from './memory-anchors.js';
import type {Row, SkipRow} from './memory-tables.js';

/** The ledger store in memory. */
export class MemoryLedger extends MemoryAnchors implements LedgerStore {
  /** Key ids of our organisation's storage processes. */
  readonly ownKeys = new Set<string>();
  protected readonly requests = new Map<string, DecidedRequest>();
  protected readonly readers = new Map<string, string>();
  protected readonly devices = new Map<string, Uint8Array>();

  constructor(
    now: () => number,
    readonly parameters: EntryParameters = DEFAULT_PARAMETERS,
  ) {
    super(now);
  }

  cursor(): Promise<LedgerCursor> {
    return Promise.resolve(this.block);
  }

  apply(...blocks: readonly TakenBlock[]): Promise<BlockEffect> {
    const stored = this.block.height;
    const none: BlockEffect = {anchors: [], expired: 0, recognised: 0};
    if (blocks.every(({at}) => at.height <= stored)) return Promise.resolve(none);
    if (blocks[0]?.at.height !== stored + 1n) return Promise.reject(new DomainError('behind'));
    const effects = blocks.map(({at, facts}) => this.#apply(at, facts));
    return Promise.resolve({
      anchors: effects.flatMap(({anchors}) => anchors),
      expired: effects.reduce((sum, {expired}) => sum + expired, 0),
      recognised: effects.reduce((sum, {recognised}) => sum + recognised, 0),
    });
  }

  #apply(block: LedgerCursor, facts: BlockFacts): BlockEffect {
    this.block = block;
    this.#count(block, facts);
    for (const request of facts.requests) this.requests.set(request.txId, request);
    for (const {keyId, identity} of facts.readers) this.readers.set(keyId, identity);
    for (const {device, publicKey} of facts.devices) this.devices.set(device, publicKey);
    const anchored = new Set(
      facts.anchors.flatMap((included) => {
        const fate = this.#judge(included);
        return fate.kind === 'settled'
          ? fate.entries.flatMap((one) => (one.fate === 'anchored' ? one.entryId : []))
          : [];
      }),
    );
    const recognised = facts.anchors.reduce((sum, included) => sum + this.#recognise(block, included), 0);
    const anchors = facts.anchors.flatMap((included) => this.#settle(block, included, anchored) ?? []);
    const expired = [...this.anchors.values()].filter(
      ({state, anchor}) =>
        state === 'open' && (anchor.expiresAtHeight <= block.height || anchor.expiresAtTime < block.blockTime),
    );
    for (const row of expired) {
      row.state = 'expired';
      this.free(row.anchor.txId, 0);
    }
    return {anchors, expired: expired.length, recognised};
  }

  #judge({txId, signerKeyId, code, results}: IncludedAnchor): AnchorFate {
    const row = this.anchors.get(txId);
    return row === undefined || row.keyId !== signerKeyId || row.state === 'included'
      ? {kind: 'ignored'}
      : settleAnchor(row.entryIds, code, results);
  }

  #recognise({height}: LedgerCursor, {txId, code, results, entryIds}: IncludedAnchor): number {
    const fate = this.anchors.has(txId) ? undefined : settleAnchor(entryIds, code, results);
    const entries = fate?.kind === 'settled' ? fate.entries.filter((one) => one.fate === 'anchored') : [];
    for (const {entryId, logIndex} of entries) {
      const row = this.rowOf(entryId);
      if (row === undefined) this.earlyLeaves.set(entryId, {height, txId, logIndex});
      else this.#settleEntry({height, blockTime: 0n}, txId, {entryId, fate: 'anchored', logIndex});
    }
    return entries.length;
  }

  #settle(
    block: LedgerCursor,
    included: IncludedAnchor,
    anchored: ReadonlySet<string>,
  ): BlockEffect['anchors'][number] | undefined {
    const [row, fate] = [this.anchors.get(included.txId), this.#judge(included)];
    if (row === undefined || fate.kind === 'ignored') return undefined;
    row.state = fate.kind === 'settled' ? 'included' : 'failed';
    this.waitingSince = undefined;
    if (fate.kind === 'failed') this.free(included.txId, this.now() + retryAfterMs(1));
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
      noRoom: isWithoutRoom(included.code, entries),
      acceptedAtMs: entries.flatMap(({fate, entryId}) => {
        const found = this.rowOf(entryId);
        return fate === 'anchored' && found !== undefined && 'record' in found ? [found.record.acceptedAtMs] : [];
      }),
      traces: [],
    };
  }

  #settleEntry({height}: LedgerCursor, txId: string, fate: EntryFate): void {
    const row = this.rowOf(fate.entryId);
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
      if (fate.fate === 'later') {
        row.attempts++;
        Object.assign(row, {anchorTx: undefined, retryAtMs: this.now() + retryAfterMs(row.attempts)});
      } else this.#refuse(row, fate, {height, txId});
    }
  }

  #refuse(
    row: Row | SkipRow,
    {entryId, code}: {entryId: string; code: number},
    place: {height: bigint; txId: string},
  ): void {
    const settled = {...place, logIndex: undefined};
    Object.assign(row, {state: 'refused', refusalCode: code, settled, anchorTx: undefined});
    if (!('record' in row)) return;
    this.alertRefused(row.record.patient, entryId);
    // What was given up under its number meanwhile counts from now on.
    const skip = this.skipOf(row.record);
    if (skip?.state === 'accepted') skip.state = 'stored';
  }

  #skip(row: SkipRow, settled: {height: bigint; txId: string; logIndex: bigint}): void {
    Object.assign(row, {state: 'skipped', settled, anchorTx: undefined});
    const record = this.recordOf(row.skip);
    if (record?.state === 'refused') Object.assign(record, {state: 'skipped', settled, logIndex: settled.logIndex});
  }

  #count({height, blockTime}: LedgerCursor, {taken, removals, anchors}: BlockFacts): void {
    const known = (name: string) => this.registrations.get(name) ?? {...withTaken(undefined, 0n), removed: undefined};
    for (const {device, registration, sequence, patient} of taken) {
      const name = `${device}/${String(registration)}`;
      this.registrations.set(name, {...known(name), ...withTaken(known(name), sequence)});
      this.#spend('device', device, 1);
      this.#spend('owner', patient, 1);
    }
    for (const {signerKeyId, results} of anchors)
      if (results.length > 0 && this.ownKeys.has(signerKeyId)) this.#spend('organisation', '', results.length);
    for (const {device, registration} of removals) {
      const name = `${device}/${String(registration)}`;
      const removed = known(name).removed ?? {atHeight: height, atTime: blockTime};
      this.registrations.set(name, {...known(name), removed});
    }
  }

  #spend(of: BucketOwner, owner: string, count: number): void {
    const name = `${of}/${owner}`;
    const spent = {of, count, parameters: this.parameters};
    this.buckets.set(name, withSpent(this.buckets.get(name), spent, this.block.blockTime));
  }
}
