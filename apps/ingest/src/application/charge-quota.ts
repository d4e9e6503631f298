import {toHex} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {TokenBuckets} from '@vitalvault/process';
import type {BucketRate, Demand} from '@vitalvault/process';
import type {Clock} from './ports.js';

/** Whose record, or skip, it is. */
export interface Charged {
  readonly device: Uint8Array;
  readonly patient: Uint8Array;
}

/** Charges every record of a request to its device and its owner: all or nothing. @paper ME Table 3 */
export class ChargeQuota {
  readonly #devices: TokenBuckets;
  readonly #owners: TokenBuckets;

  constructor(private readonly options: {device: BucketRate; owner: BucketRate; now: Clock}) {
    this.#devices = new TokenBuckets(options.device);
    this.#owners = new TokenBuckets(options.owner);
  }

  /**
   * @throws DomainError `quota-exceeded` with the seconds to wait, `too-many-records` for what no waiting makes fit;
   *   then nothing was charged
   */
  execute(records: readonly Charged[]): void {
    const nowMs = this.options.now();
    const devices = demandsOf(records.map(({device}) => toHex(device)));
    const owners = demandsOf(records.map(({patient}) => toHex(patient)));
    const waits = [this.#devices.waitMs(devices, nowMs), this.#owners.waitMs(owners, nowMs)];
    if (waits.includes(undefined)) {
      throw new DomainError('too-many-records', {
        meta: {recordsOfDevice: this.options.device.burst, recordsOfOwner: this.options.owner.burst},
      });
    }
    const waitMs = Math.max(...waits.map((wait) => wait ?? 0));
    if (waitMs > 0) throw new DomainError('quota-exceeded', {retryAfterSeconds: Math.ceil(waitMs / 1_000)});
    this.#devices.take(devices, nowMs);
    this.#owners.take(owners, nowMs);
  }
}

function demandsOf(keys: readonly string[]): Demand[] {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].map(([key, tokens]) => ({key, tokens}));
}
