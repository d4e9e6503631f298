import type {Reading} from '../open-mhealth/heart-rate.js';

/** First numbers of a run that a device reserved. */
export interface ReservedNumbers {
  sequence: bigint;
  tagSequence: bigint;
}

/** Counters of a device. Durable before it answers: a number given twice is a conflict that loses a record's place. */
export interface SequenceStore {
  /** Reserves `records` numbers for a registration and a tag (hexadecimal); each counter begins with 1. */
  take(registration: number, typeTag: string, records: number): Promise<ReservedNumbers>;
}

/** A record that is not anchored yet, with the plaintext it was made of. */
export interface PendingRecord {
  registration: number;
  /** Decimal. */
  sequence: string;
  tagSequence: string;
  typeName: string;
  /** Hexadecimal. */
  recordId: string;
  /** Canonical PostedRecord, hexadecimal: posted again as it is. */
  posted: string;
  readings: Reading[];
  /** Number of the refused record whose readings these are. */
  replaces?: string;
}

/** Keeps plaintext and posted bytes until the record is anchored or skipped. */
export interface PendingStore {
  put(record: PendingRecord): Promise<void>;
  remove(registration: number, sequence: string): Promise<void>;
  all(): Promise<PendingRecord[]>;
}

/** An epoch that the device believed. */
export interface SeenEpoch {
  epoch: number;
  /** X25519, hexadecimal. */
  publicKey: string;
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

/** All three, forgotten with the process: for tests. */
export class MemoryDeviceStores implements SequenceStore, PendingStore, OwnerMemory {
  private readonly counters = new Map<string, bigint>();
  private readonly pending = new Map<string, PendingRecord>();
  private readonly seen = new Map<string, SeenEpoch[]>();
  private keys: string[] = [];

  take(registration: number, typeTag: string, records: number): Promise<ReservedNumbers> {
    return Promise.resolve({
      sequence: this.reserve(`${registration}`, records),
      tagSequence: this.reserve(`${registration}/${typeTag}`, records),
    });
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

  private reserve(counter: string, records: number): bigint {
    const first = this.counters.get(counter) ?? 1n;
    this.counters.set(counter, first + BigInt(records));
    return first;
  }
}
