import {toHex} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {TokenBuckets} from '@vitalvault/process';
import type {Demand} from '@vitalvault/process';
import {BoundedMap} from '../domain/bounded-map.js';
import type {Admission, AdmissionLimits, Clock, NumberStatus, NumberToAdmit, RecordTable} from './ports.js';

const REMEMBERED = 10_000;

/**
 * Charges every record of a request to its device and its owner, and holds how many of hers may wait for the ledger:
 * all or nothing. Storage keeps count, for all processes of ingest together, and answers with what became of the
 * numbers: one question. What it said of an owner is remembered, so that who is over her quota costs no question.
 * Without storage nothing is charged, and nothing taken (docs/adr/0050). @paper ME Table 3
 */
export class ChargeQuota {
  /** What storage said was left, and what came back since: never less than there is. */
  readonly #devices: TokenBuckets;
  readonly #owners: TokenBuckets;
  /** Owners of whom too many records wait, and until when that is believed. */
  readonly #full = new BoundedMap<string, number>(REMEMBERED);

  constructor(
    private readonly options: AdmissionLimits & {now: Clock},
    private readonly ports: {table: Pick<RecordTable, 'admit'>},
  ) {
    this.#devices = new TokenBuckets(options.device);
    this.#owners = new TokenBuckets(options.owner);
  }

  /**
   * @param what a skip ends a wait: it is charged, and is never one too many
   * @returns what became of each number
   * @throws DomainError `quota-exceeded` with the seconds to wait, `too-many-records` for what no waiting makes fit,
   *   `storage-unavailable`; then nothing was charged
   */
  async execute(
    asked: readonly NumberToAdmit[],
    what: 'records' | 'skip' = 'records',
  ): Promise<readonly NumberStatus[]> {
    const {device, owner} = this.options;
    const mostWaiting = what === 'skip' ? 0 : this.options.mostWaiting;
    const devices = demandsOf(asked.map((one) => toHex(one.device)));
    const owners = demandsOf(asked.map(({patient}) => toHex(patient)));
    this.#refuseKnown(devices, owners, mostWaiting);
    const admission = await this.ports.table.admit(asked, {device, owner, mostWaiting});
    this.#learn({devices, owners}, admission);
    if (admission.waitMs > 0)
      throw admission.full.length > 0 ? this.#tooManyWait(admission.waitMs) : over(admission.waitMs);
    return admission.statuses;
  }

  #refuseKnown(devices: readonly Demand[], owners: readonly Demand[], mostWaiting: number): void {
    const nowMs = this.options.now();
    const waits = [this.#devices.waitMs(devices, nowMs), this.#owners.waitMs(owners, nowMs)];
    if (waits.includes(undefined) || (mostWaiting > 0 && owners.some(({tokens}) => tokens > mostWaiting))) {
      const {device, owner} = this.options;
      throw new DomainError('too-many-records', {
        meta: {recordsOfDevice: device.burst, recordsOfOwner: Math.min(owner.burst, mostWaiting || owner.burst)},
      });
    }
    const waitMs = Math.max(...waits.map((wait) => wait ?? 0));
    if (waitMs > 0) throw over(waitMs);
    const fullMs = mostWaiting === 0 ? 0 : Math.max(0, ...owners.map(({key}) => (this.#full.get(key) ?? 0) - nowMs));
    if (fullMs > 0) throw this.#tooManyWait(fullMs);
  }

  #learn({devices, owners}: {devices: readonly Demand[]; owners: readonly Demand[]}, admission: Admission): void {
    const nowMs = this.options.now();
    const {left, full, waitMs} = admission;
    this.#devices.lower(levelsOf(devices, left.devices), nowMs);
    this.#owners.lower(levelsOf(owners, left.owners), nowMs);
    for (const patient of full) this.#full.set(toHex(patient), nowMs + waitMs);
  }

  #tooManyWait(waitMs: number): DomainError {
    const {mostWaiting} = this.options;
    return over(waitMs, `More than ${String(mostWaiting)} records of one owner would wait for the ledger.`);
  }
}

const over = (waitMs: number, detail?: string): DomainError =>
  new DomainError('quota-exceeded', {
    ...(detail === undefined ? {} : {detail}),
    retryAfterSeconds: Math.ceil(waitMs / 1_000),
  });

const levelsOf = (demands: readonly Demand[], left: readonly number[]): Demand[] =>
  left.flatMap((tokens, place) => {
    const key = demands[place]?.key;
    return key === undefined ? [] : [{key, tokens}];
  });

function demandsOf(keys: readonly string[]): Demand[] {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].map(([key, tokens]) => ({key, tokens}));
}
