import type {Reading} from '../open-mhealth/heart-rate.js';
import {readingIdentity} from '../open-mhealth/reading-identity.js';

/** First numbers of a run that a device reserved. */
export interface ReservedNumbers {
  sequence: bigint;
  tagSequence: bigint;
}

/** Counters of a device. Durable before it answers: a number given twice is a conflict that loses a record's place. */
export interface SequenceStore {
  /** Reserves `records` numbers for a registration and a tag (hexadecimal); each counter begins with 1. */
  take(registration: number, typeTag: string, records: number): Promise<ReservedNumbers>;
  /** From now on no number of the registration below `least` is given, of any tag: others have them already. */
  raise(registration: number, least: bigint): Promise<void>;
}

/**
 * A record that is not anchored yet, with the plaintext it was made of. What it was sealed under stands in its header
 * (`sealedUnder`), and it is judged by that: the device may have another owner, registration or custodian by now.
 */
export interface PendingRecord {
  registration: number;
  /** Organisation that it was sealed for, hexadecimal. */
  custodian: string;
  /** Decimal. */
  sequence: string;
  tagSequence: string;
  typeName: string;
  /** Hexadecimal. */
  recordId: string;
  /** Canonical PostedRecord, hexadecimal: posted again as it is. */
  posted: string;
  readings: Reading[];
  /** Id of the refused record whose readings these are. */
  replaces?: string;
}

/** Keeps plaintext and posted bytes until the record is anchored or skipped. */
export interface PendingStore {
  put(record: PendingRecord): Promise<void>;
  remove(registration: number, sequence: string): Promise<void>;
  all(): Promise<PendingRecord[]>;
}

/** A reading that cannot be sent as it is, kept until somebody sends it again or drops it. */
export interface AsideReading {
  typeName: string;
  reading: Reading;
  /** Patient that it was measured for, hexadecimal. */
  owner: string;
  /** Code of the refusal, and what it says of this reading. */
  code: string;
  detail: string;
}

/** Keeps readings that were set aside, each measurement once. */
export interface AsideStore {
  setAside(readings: AsideReading[]): Promise<void>;
  asides(): Promise<AsideReading[]>;
  dropAside(readings: AsideReading[]): Promise<void>;
}

/** An epoch that the device believed. */
export interface SeenEpoch {
  epoch: number;
  /** X25519, hexadecimal. */
  publicKey: string;
  /** First slot that it covers. */
  fromSlot: number;
  /** Which of the owner's keys signed it: 0 her first, n that of succession n. */
  signer: number;
}

/** What a device has seen of its owner: it never goes back behind it. */
export interface OwnerMemory {
  /** Public keys (hexadecimal) of her successions, in order. */
  ownerKeys(): Promise<string[]>;
  rememberOwnerKeys(keys: string[]): Promise<void>;
  /** Of a tag (hexadecimal). */
  epochs(typeTag: string): Promise<SeenEpoch[]>;
  rememberEpochs(typeTag: string, epochs: SeenEpoch[]): Promise<void>;
}

/** All that a device keeps. */
export interface DeviceStores extends SequenceStore, PendingStore, AsideStore, OwnerMemory {}

/** Forgotten with the process: for tests, and for devices that live no longer. */
export class MemoryDeviceStores implements DeviceStores {
  private readonly counters = new Map<string, bigint>();
  private readonly floors = new Map<number, bigint>();
  private readonly aside = new Map<string, AsideReading>();
  private readonly pending = new Map<string, PendingRecord>();
  private readonly seen = new Map<string, SeenEpoch[]>();
  private keys: string[] = [];

  take(registration: number, typeTag: string, records: number): Promise<ReservedNumbers> {
    return Promise.resolve({
      sequence: this.reserve(registration, '', records),
      tagSequence: this.reserve(registration, typeTag, records),
    });
  }

  raise(registration: number, least: bigint): Promise<void> {
    this.floors.set(registration, least);
    return Promise.resolve();
  }

  put(record: PendingRecord): Promise<void> {
    this.pending.set(`${record.registration}/${record.sequence}`, record);
    return Promise.resolve();
  }

  remove(registration: number, sequence: string): Promise<void> {
    this.pending.delete(`${registration}/${sequence}`);
    return Promise.resolve();
  }

  all(): Promise<PendingRecord[]> {
    return Promise.resolve([...this.pending.values()]);
  }

  setAside(readings: AsideReading[]): Promise<void> {
    for (const one of readings) this.aside.set(asideName(one), one);
    return Promise.resolve();
  }

  asides(): Promise<AsideReading[]> {
    return Promise.resolve([...this.aside.values()]);
  }

  dropAside(readings: AsideReading[]): Promise<void> {
    for (const one of readings) this.aside.delete(asideName(one));
    return Promise.resolve();
  }

  ownerKeys(): Promise<string[]> {
    return Promise.resolve(this.keys);
  }

  rememberOwnerKeys(keys: string[]): Promise<void> {
    this.keys = keys;
    return Promise.resolve();
  }

  epochs(typeTag: string): Promise<SeenEpoch[]> {
    return Promise.resolve(this.seen.get(typeTag) ?? []);
  }

  rememberEpochs(typeTag: string, epochs: SeenEpoch[]): Promise<void> {
    this.seen.set(typeTag, epochs);
    return Promise.resolve();
  }

  private reserve(registration: number, typeTag: string, records: number): bigint {
    const counter = `${registration}/${typeTag}`;
    const [next = 1n, floor = 1n] = [this.counters.get(counter), this.floors.get(registration)];
    const first = next > floor ? next : floor;
    this.counters.set(counter, first + BigInt(records));
    return first;
  }
}

/** By which a measurement is set aside once: whose it is, and its identity. */
export function asideName({owner, reading}: Pick<AsideReading, 'owner' | 'reading'>): string {
  return `${owner}/${readingIdentity(reading.text)}`;
}
