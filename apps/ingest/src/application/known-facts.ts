import {toHex} from '@vitalvault/contracts';
import {BoundedMap} from '../domain/bounded-map.js';
import {epochCovers} from '../domain/check-epoch.js';
import type {RegisteredDevice} from '../domain/check-device.js';
import type {AskAsStranger, Clock, EpochOfTag, LedgerFacts, RegistrationOfDevice} from './ports.js';

interface Kept<T> {
  readonly value: T;
  readonly untilMs: number;
}

/** device/registration */
type RegistrationKey = `${string}/${number}`;
export const registrationKey = ({device, registration}: RegistrationOfDevice): RegistrationKey =>
  `${toHex(device)}/${registration}`;

const LIMIT = 50_000;
/** So long a device counts as unknown without being asked for again: who names such devices costs one question. */
const UNKNOWN_MS = 2_000;

/**
 * What the ledger says about devices and epochs, remembered for a short time and forgotten when a ledger event says
 * that it changed (D-37: ingest has no database). That a device is not known is believed for a moment only.
 */
export class KnownFacts {
  readonly #devices = new BoundedMap<RegistrationKey, Kept<RegisteredDevice | undefined>>(LIMIT);
  readonly #epochs = new BoundedMap<string, Kept<readonly EpochOfTag[]>>(LIMIT);
  /** An answer that was on its way when its subject changed may be the old one: it is taken out here, and not kept. */
  readonly #asking = new Map<string, Promise<unknown>>();

  constructor(
    /** @param options.told false: changes do not come through, so nothing that is remembered counts */
    private readonly options: {ttlMs: number; now: Clock; told?: () => boolean},
    private readonly facts: Pick<LedgerFacts, 'devices' | 'epochs'>,
  ) {}

  async device(wanted: RegistrationOfDevice, ask: AskAsStranger): Promise<RegisteredDevice | undefined> {
    return (await this.devices([wanted], ask)).get(registrationKey(wanted));
  }

  /**
   * By `registrationKey`; those that nobody knows yet are asked for in one question.
   * @throws DomainError `policy-unavailable`, and what `ask` throws
   */
  async devices(
    wanted: readonly RegistrationOfDevice[],
    ask: AskAsStranger,
  ): Promise<ReadonlyMap<RegistrationKey, RegisteredDevice | undefined>> {
    const distinct = new Map(wanted.map((one) => [registrationKey(one), one]));
    const missing = [...distinct].filter(
      ([key]) => this.#fresh(this.#devices.get(key)) === undefined && !this.#asking.has(`device/${key}`),
    );
    const answer =
      missing.length === 0
        ? []
        : this.#ask(
            missing.map(([, one]) => one),
            ask,
          );
    const places = new Map(missing.map(([key], place) => [key, place]));
    const found = [...distinct.keys()].map(async (key) => {
      const kept = this.#fresh(this.#devices.get(key));
      if (kept !== undefined) return [key, kept.value] as const;
      const own = async (): Promise<RegisteredDevice | undefined> => (await answer)[places.get(key) ?? -1];
      return [key, await this.#once(`device/${key}`, own, (device) => this.#keepDevice(key, device))] as const;
    });
    return new Map(await Promise.all(found));
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
    if (kept !== undefined && covers(kept.value, question)) return true;
    const ask = async (): Promise<readonly EpochOfTag[]> => (await this.facts.epochs(question.patient)).statements;
    const asked = await this.#once(`epochs/${key}`, ask, (value) => {
      this.#epochs.set(key, {value, untilMs: this.options.now() + this.options.ttlMs});
    });
    return covers(asked, question);
  }

  forgetDevice(device: Uint8Array, registration: number): void {
    const key = registrationKey({device, registration});
    this.#devices.delete(key);
    this.#asking.delete(`device/${key}`);
  }

  forgetEpochs(patient: Uint8Array): void {
    const key = toHex(patient);
    this.#epochs.delete(key);
    this.#asking.delete(`epochs/${key}`);
  }

  /** Changes may have been missed, or could not be read. */
  forgetAll(): void {
    for (const forgotten of [this.#devices, this.#epochs, this.#asking]) forgotten.clear();
  }

  // Who names devices that there are pays nothing, and nobody for our own faults.
  async #ask(
    missing: readonly RegistrationOfDevice[],
    ask: AskAsStranger,
  ): Promise<readonly (RegisteredDevice | undefined)[]> {
    const giveBack = ask.devices(missing.length);
    let known = missing.length;
    try {
      const found = await this.facts.devices(missing);
      known = found.filter((device) => device !== undefined).length;
      return found;
    } finally {
      giveBack(known);
    }
  }

  #keepDevice(key: RegistrationKey, value: RegisteredDevice | undefined): void {
    const {now, ttlMs} = this.options;
    this.#devices.set(key, {value, untilMs: now() + (value === undefined ? Math.min(UNKNOWN_MS, ttlMs) : ttlMs)});
  }

  #fresh<T>(kept: Kept<T> | undefined): Kept<T> | undefined {
    if (this.options.told?.() === false) return undefined;
    return kept !== undefined && this.options.now() <= kept.untilMs ? kept : undefined;
  }

  // Many records of one device in one moment ask once.
  #once<T>(key: string, ask: () => Promise<T>, keep: (found: T) => void): Promise<T> {
    const running = this.#asking.get(key) as Promise<T> | undefined;
    if (running !== undefined) return running;
    const isCurrent = (): boolean => this.#asking.get(key) === asked;
    const asked: Promise<T> = ask()
      .then((found) => {
        if (isCurrent()) keep(found);
        return found;
      })
      .finally(() => {
        if (isCurrent()) this.#asking.delete(key);
      });
    this.#asking.set(key, asked);
    return asked;
  }
}

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
