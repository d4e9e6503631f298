import {toHex} from '@vitalvault/contracts';
import {BoundedMap} from '../domain/bounded-map.js';
import {epochCovers} from '../domain/check-epoch.js';
import type {RegisteredDevice} from '../domain/check-device.js';
import type {Clock, EpochOfTag, LedgerFacts} from './ports.js';

interface Kept<T> {
  readonly value: T;
  readonly atMs: number;
}

const LIMIT = 50_000;

/**
 * What the ledger says about devices and epochs, remembered for a short time and forgotten when a ledger event says
 * that it changed (D-37: ingest has no database). What is not known is never remembered as such: it is asked again.
 */
export class KnownFacts {
  readonly #devices = new BoundedMap<string, Kept<RegisteredDevice>>(LIMIT);
  readonly #epochs = new BoundedMap<string, Kept<readonly EpochOfTag[]>>(LIMIT);
  readonly #asking = new Map<string, Promise<unknown>>();
  // Rises whenever something is forgotten: an answer that was on its way then may be the old one and is not kept.
  #generation = 0;

  constructor(
    /** @param options.told false: changes do not come through, so nothing that is remembered counts */
    private readonly options: {ttlMs: number; now: Clock; told?: () => boolean},
    private readonly facts: Pick<LedgerFacts, 'device' | 'epochs'>,
  ) {}

  async device(device: Uint8Array, registration: number): Promise<RegisteredDevice | undefined> {
    const key = deviceKey(device, registration);
    const kept = this.#fresh(this.#devices.get(key));
    if (kept !== undefined) return kept;
    return this.#once(`device/${key}`, async () => {
      const generation = this.#generation;
      const found = await this.facts.device(device, registration);
      if (found !== undefined && generation === this.#generation)
        this.#devices.set(key, {value: found, atMs: this.options.now()});
      return found;
    });
  }

  /**
   * Whether the epoch of that tag covers the slot; a no that stands on memory is asked again, because the epoch may be
   * new.
   */
  async epochCovers(question: {
    patient: Uint8Array;
    typeTag: Uint8Array;
    epoch: number;
    slot: number;
  }): Promise<boolean> {
    const key = toHex(question.patient);
    const kept = this.#fresh(this.#epochs.get(key));
    if (kept !== undefined && covers(kept, question)) return true;
    const asked = await this.#once(`epochs/${key}`, async () => {
      const generation = this.#generation;
      const {statements} = await this.facts.epochs(question.patient);
      if (generation === this.#generation) this.#epochs.set(key, {value: statements, atMs: this.options.now()});
      return statements;
    });
    return covers(asked, question);
  }

  forgetDevice(device: Uint8Array, registration: number): void {
    const key = deviceKey(device, registration);
    this.#generation++;
    this.#devices.delete(key);
    this.#asking.delete(`device/${key}`);
  }

  forgetEpochs(patient: Uint8Array): void {
    const key = toHex(patient);
    this.#generation++;
    this.#epochs.delete(key);
    this.#asking.delete(`epochs/${key}`);
  }

  forgetAll(): void {
    this.#generation++;
    for (const kept of [this.#devices, this.#epochs, this.#asking]) kept.clear();
  }

  #fresh<T>(kept: Kept<T> | undefined): T | undefined {
    if (this.options.told?.() === false) return undefined;
    return kept !== undefined && this.options.now() - kept.atMs <= this.options.ttlMs ? kept.value : undefined;
  }

  // Many records of one device in one moment ask once.
  #once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const running = this.#asking.get(key) as Promise<T> | undefined;
    if (running !== undefined) return running;
    const asked: Promise<T> = ask().finally(() => {
      if (this.#asking.get(key) === asked) this.#asking.delete(key);
    });
    this.#asking.set(key, asked);
    return asked;
  }
}

const deviceKey = (device: Uint8Array, registration: number): string => `${toHex(device)}/${registration}`;

function covers(
  statements: readonly EpochOfTag[],
  {typeTag, epoch, slot}: {typeTag: Uint8Array; epoch: number; slot: number},
): boolean {
  const tag = toHex(typeTag);
  return epochCovers(
    statements.filter((one) => toHex(one.typeTag) === tag),
    epoch,
    slot,
  );
}
