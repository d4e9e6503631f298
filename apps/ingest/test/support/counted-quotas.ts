import {toHex} from '@vitalvault/contracts';
import type {BucketRate} from '@vitalvault/process';
import type {AdmissionLimits, NumberToAdmit} from '../../src/application/ports.js';

interface Counted {
  readonly key: string;
  readonly records: number;
  readonly rate: BucketRate;
}

/** Quotas as storage keeps them for all processes, in memory. */
export class CountedQuotas {
  readonly #levels = new Map<string, {records: number; atMs: number}>();

  /** All of it or nothing. @returns how long to wait, 0: taken; and what is left of each */
  take(
    asked: readonly Pick<NumberToAdmit, 'device' | 'patient'>[],
    {device, owner}: Pick<AdmissionLimits, 'device' | 'owner'>,
    nowMs: number,
  ): {waitMs: number; left: {devices: number[]; owners: number[]}} {
    const devices = countedOf(
      asked.map((one) => `device ${toHex(one.device)}`),
      device,
    );
    const owners = countedOf(
      asked.map(({patient}) => `owner ${toHex(patient)}`),
      owner,
    );
    const all = [...devices, ...owners];
    const waits = all.map((one) =>
      Math.ceil(((one.records - this.#level(one, nowMs)) / one.rate.refillPerSecond) * 1_000),
    );
    const waitMs = Math.max(0, ...waits);
    if (waitMs === 0)
      for (const one of all) this.#levels.set(one.key, {records: this.#level(one, nowMs) - one.records, atMs: nowMs});
    const left = (counted: readonly Counted[]): number[] => counted.map((one) => Math.ceil(this.#level(one, nowMs)));
    return {waitMs, left: {devices: left(devices), owners: left(owners)}};
  }

  #level({key, rate: {burst, refillPerSecond}}: Counted, nowMs: number): number {
    const level = this.#levels.get(key);
    if (level === undefined) return burst;
    return Math.min(burst, level.records + ((nowMs - level.atMs) / 1_000) * refillPerSecond);
  }
}

function countedOf(keys: readonly string[], rate: BucketRate): Counted[] {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].map(([key, records]) => ({key, records, rate}));
}
