import type {
  AnchorStore,
  EntryToAnchor,
  LaneQuestion,
  LookedAt,
  SignedAnchor,
  WaitingEntry,
  WaitingLane,
  WaitingOwner,
} from '../../src/application/ports.js';
import {recordEntry, skipEntry} from '../../src/domain/choose-entries.js';
import type {Tokens} from '@vitalvault/ledger-state';
import {MemoryPacks} from './memory-packs.js';
import type {Row, SkipRow} from './memory-tables.js';

interface Look extends LookedAt {
  /** What waited then. */
  readonly waiting: string;
}

/** The anchor store in memory. */
export class MemoryAnchors extends MemoryPacks implements AnchorStore {
  readonly #nonces = new Map<string, bigint>();
  readonly #looks = new Map<string, Look>();

  awake(after: string, owners: number): Promise<WaitingOwner[]> {
    return Promise.resolve(
      this.#owners()
        .filter(({patient, rests}) => rests === 0 && patient > after)
        .slice(0, owners),
    );
  }

  rested(nowMs: number, owners: number): Promise<WaitingOwner[]> {
    const lookAtMs = ({patient}: WaitingOwner): number => this.#looks.get(patient)?.lookAtMs ?? 0;
    return Promise.resolve(
      this.#owners()
        .filter((owner) => owner.rests > 0 && lookAtMs(owner) <= nowMs)
        .toSorted((a, b) => lookAtMs(a) - lookAtMs(b))
        .slice(0, owners),
    );
  }

  looked(looks: readonly LookedAt[]): Promise<void> {
    this.#owners();
    for (const look of looks) {
      const known = this.#looks.get(look.patient);
      if (known?.woken === look.woken) this.#looks.set(look.patient, {...known, ...look});
    }
    return Promise.resolve();
  }

  held(): Promise<number> {
    return Promise.resolve(this.#owners().reduce((sum, {held}) => sum + held, 0));
  }

  wakeLost(after: string, owners: number): Promise<{last: string | undefined; lost: number}> {
    const page = this.#owners().filter(({patient}) => patient > after);
    return Promise.resolve({last: page.slice(0, owners).at(-1)?.patient, lost: 0});
  }

  // Awake is who has other entries waiting than at the last look, or the same with another pause.
  #lookAt(patient: string, waiting: string): Look {
    const known = this.#looks.get(patient);
    if (known?.waiting === waiting) return known;
    const {woken, held, looks} = known ?? {woken: 0n, held: 0, looks: 0};
    const look = {patient, waiting, woken: woken + 1n, rests: 0, lookAtMs: 0, held, looks};
    this.#looks.set(patient, look);
    return look;
  }

  #owners(): WaitingOwner[] {
    const byOwner = new Map<string, WaitingLane[]>();
    for (const row of this.#all().filter(({anchorTx, state}) => anchorTx === undefined && state === 'stored')) {
      const {patient, device, registration, sequence} = numberOf(row);
      const lanes = byOwner.get(patient) ?? [];
      byOwner.set(patient, lanes);
      const known = lanes.findIndex((lane) => lane.device === device && lane.registration === registration);
      const lane = this.#lane(row);
      if (known === -1) lanes.push(lane);
      else if (sequence < (lanes[known] as WaitingLane).first) lanes[known] = lane;
    }
    const sorted = [...byOwner].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([patient, lanes]) => {
      const {woken, rests, held, looks} = this.#lookAt(patient, this.#nameOfWaiting(patient));
      return {
        patient,
        woken,
        rests,
        held,
        looks,
        tokens: this.buckets.get(`owner/${patient}`),
        underWay: this.#underWay((row) => numberOf(row).patient === patient),
        lanes: lanes.toSorted((a, b) => (laneName(a) < laneName(b) ? -1 : 1)),
      };
    });
  }

  #nameOfWaiting(patient: string): string {
    return this.#all()
      .filter((row) => numberOf(row).patient === patient && row.anchorTx === undefined && row.state === 'stored')
      .map((row) => `${nameOf(row).entryId} ${String(row.retryAtMs)}`)
      .join();
  }

  entriesOf(
    lanes: readonly LaneQuestion[],
    {nowMs, slot, most}: {nowMs: number; slot: number; most: number},
  ): Promise<WaitingEntry[][]> {
    const isDue = (row: Row | SkipRow): boolean =>
      row.state === 'stored' &&
      row.anchorTx === undefined &&
      row.retryAtMs <= nowMs &&
      (!('record' in row) || row.record.slot <= slot);
    const due = this.#all().filter(isDue);
    return Promise.resolve(
      lanes.map((lane) =>
        due
          .filter((row) => laneName(numberOf(row)) === laneName(lane) && numberOf(row).sequence < lane.below)
          .toSorted((a, b) => Number(numberOf(a).sequence - numberOf(b).sequence))
          .slice(0, most)
          .map(nameOf),
      ),
    );
  }

  load(entries: readonly WaitingEntry[]): Promise<EntryToAnchor[]> {
    const loaded = entries.flatMap(({entryId}): EntryToAnchor[] => {
      const row = this.rowOf(entryId);
      if (row === undefined || row.anchorTx !== undefined) return [];
      const [content, {traceparent}] =
        'record' in row ? [recordEntry(row.record), row.record] : [skipEntry(row.skip), row.skip];
      return [{...nameOf(row), content, traceparent}];
    });
    return Promise.resolve(loaded);
  }

  ownBucket(): Promise<{tokens: Tokens | undefined; underWay: number}> {
    const open = [...this.anchors.values()].filter(({state}) => state === 'open');
    const underWay = open.reduce((sum, {entryIds}) => sum + entryIds.length, 0);
    return Promise.resolve({tokens: this.buckets.get('organisation/'), underWay});
  }

  sign(keyId: string, entries: readonly EntryToAnchor[], sign: (nonce: bigint) => SignedAnchor): Promise<SignedAnchor> {
    const nonce = this.#nonces.get(keyId) ?? 1n;
    const rows = entries.flatMap(({entryId}) => this.rowOf(entryId) ?? []);
    if (rows.some((row) => row.anchorTx !== undefined || row.state !== 'stored'))
      return Promise.reject(new Error('entries were taken by another process'));
    const anchor = sign(nonce);
    this.#nonces.set(keyId, nonce + 1n);
    this.waitingSince ??= this.now();
    this.anchors.set(anchor.txId, {anchor, keyId, nonce, entryIds: entries.map(({entryId}) => entryId), state: 'open'});
    for (const row of rows) Object.assign(row, {anchorTx: anchor.txId});
    return Promise.resolve(anchor);
  }

  async openIds(): Promise<string[]> {
    return (await this.open()).map(({txId}) => txId);
  }

  open(): Promise<SignedAnchor[]> {
    return Promise.resolve([...this.anchors.values()].filter(({state}) => state === 'open').map(({anchor}) => anchor));
  }

  fail(txId: string): Promise<void> {
    const row = this.anchors.get(txId);
    if (row?.state === 'open') {
      row.state = 'failed';
      this.free(txId, this.now());
    }
    return Promise.resolve();
  }

  waitingSinceMs(): Promise<number | undefined> {
    return Promise.resolve(this.waitingSince);
  }

  alignNonces(keyId: string, highest: bigint): Promise<void> {
    const kept = [...this.anchors.values()].filter(({state}) => ['open', 'included'].includes(state));
    const nonces = kept.map(({nonce}) => nonce);
    this.#nonces.set(keyId, [highest, ...nonces].reduce((most, nonce) => (nonce > most ? nonce : most)) + 1n);
    return Promise.resolve();
  }

  #all(): (Row | SkipRow)[] {
    return [...this.rows.values(), ...this.skips.values()];
  }

  #lane(row: Row | SkipRow): WaitingLane {
    const {patient, device, registration, sequence} = numberOf(row);
    const known = this.registrations.get(`${device}/${String(registration)}`);
    return {
      patient,
      device,
      registration,
      first: sequence,
      lowestOpen: known?.lowestOpen ?? 1n,
      removed: known?.removed,
      tokens: this.buckets.get(`device/${device}`),
      underWay: this.#underWay((other) => numberOf(other).device === device),
    };
  }

  #underWay(whose: (row: Row | SkipRow) => boolean): number {
    return this.#all().filter((row) => row.anchorTx !== undefined && row.state === 'stored' && whose(row)).length;
  }
}

const numberOf = (row: Row | SkipRow) => ('record' in row ? row.record : row.skip);

const nameOf = (row: Row | SkipRow): WaitingEntry =>
  'record' in row ? {kind: 'record', entryId: row.record.recordId} : {kind: 'skip', entryId: row.skip.skipId};

const laneName = ({patient, device, registration}: Omit<LaneQuestion, 'below'>): string =>
  `${patient}/${device}/${String(registration).padStart(10, '0')}`;
