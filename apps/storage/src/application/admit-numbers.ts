import type {NumberStatus, RecordStore} from './ports.js';
import type {QuotaDemand, QuotaStore} from './quota-store.js';
import type {RecordNumber} from '../domain/record.js';

/** A number that a device wants to use, and whose it is. */
export interface NumberToAdmit extends RecordNumber {
  /** Hexadecimal. */
  readonly patient: string;
}

/** Size and speed of a quota. */
export interface Quota {
  readonly burst: number;
  readonly refillPerSecond: number;
}

export interface AdmissionLimits {
  readonly device: Quota;
  readonly owner: Quota;
  /** Records of one owner that may wait for the ledger; 0: these may be any number. */
  readonly mostWaiting: number;
}

/** All of a body is admitted, or none of it is and nothing was taken. */
export interface Admission {
  /** 0: admitted; else after so long it is worth asking again. */
  readonly waitMs: number;
  /** What is left of each device's and each owner's quota, in the order in which they were first named. */
  readonly left: {readonly devices: readonly number[]; readonly owners: readonly number[]};
  /** Owners of whom too many records wait: these, and no quota, are why it is not admitted. */
  readonly full: readonly string[];
  /** Of each number; none when it is not admitted. */
  readonly statuses: readonly NumberStatus[];
}

/** So long a count of what waits is believed, with what was admitted since: no owner has hers counted more often. */
const BELIEVED_MS = 1_000;
const REMEMBERED = 10_000;
/** What an owner gets anchored while others wait too: 8 of 200 in a transaction, and two transactions in a block. */
const ANCHORED_PER_SECOND = 16;
/** The longest that clients wait for. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Admits what ingest is about to accept: the quotas of devices and owners are kept here, for all of ingest's processes
 * together, and nobody has more records waiting for the ledger than the bound (docs/adr/0050).
 */
export class AdmitNumbers {
  /** By owner; oldest count first. */
  readonly #counts = new Map<string, {waiting: number; readonly atMs: number}>();

  constructor(
    private readonly options: {now: () => number},
    private readonly ports: {records: Pick<RecordStore, 'byNumbers'>; quotas: QuotaStore},
  ) {}

  async execute(asked: readonly NumberToAdmit[], limits: AdmissionLimits): Promise<Admission> {
    const devices = demandsOf('device', asked, limits.device);
    const owners = demandsOf('owner', asked, limits.owner);
    const room = limits.mostWaiting === 0 ? undefined : await this.#room(owners, limits.mostWaiting);
    if (room !== undefined && room.full.length > 0) return {...room, left: {devices: [], owners: []}, statuses: []};
    const [{waitMs, left}, statuses] = await Promise.all([
      this.ports.quotas.take([...devices, ...owners]),
      this.ports.records.byNumbers(asked),
    ]);
    if (waitMs === 0) this.#add(owners);
    return {
      waitMs,
      left: {devices: left.slice(0, devices.length), owners: left.slice(devices.length)},
      full: [],
      statuses: waitMs === 0 ? statuses : [],
    };
  }

  async #room(owners: readonly QuotaDemand[], most: number): Promise<Pick<Admission, 'full' | 'waitMs'>> {
    await this.#count(owners, most);
    const over = owners.map(({owner, records}) => ({
      owner,
      by: (this.#counts.get(owner)?.waiting ?? 0) + records - most,
    }));
    const full = over.filter(({by}) => by > 0);
    const worst = Math.max(0, ...full.map(({by}) => by));
    return {
      full: full.map(({owner}) => owner),
      waitMs: Math.min(LONGEST_WAIT_MS, BELIEVED_MS + Math.ceil((worst / ANCHORED_PER_SECOND) * 1_000)),
    };
  }

  async #count(owners: readonly QuotaDemand[], most: number): Promise<void> {
    const atMs = this.options.now();
    for (const [owner, count] of this.#counts) {
      if (atMs - count.atMs < BELIEVED_MS && this.#counts.size <= REMEMBERED) break;
      this.#counts.delete(owner);
    }
    const unknown = owners.map(({owner}) => owner).filter((owner) => !this.#counts.has(owner));
    if (unknown.length === 0) return;
    const counted = await this.ports.quotas.waiting(unknown, most);
    for (const [place, owner] of unknown.entries()) this.#counts.set(owner, {waiting: counted[place] ?? 0, atMs});
  }

  #add(owners: readonly QuotaDemand[]): void {
    for (const {owner, records} of owners) {
      const count = this.#counts.get(owner);
      if (count !== undefined) count.waiting += records;
    }
  }
}

function demandsOf(kind: QuotaDemand['kind'], asked: readonly NumberToAdmit[], quota: Quota): QuotaDemand[] {
  const records = new Map<string, number>();
  for (const {device, patient} of asked) {
    const owner = kind === 'device' ? device : patient;
    records.set(owner, (records.get(owner) ?? 0) + 1);
  }
  return [...records].map(([owner, count]) => ({kind, owner, records: count, ...quota}));
}
