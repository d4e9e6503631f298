import type {StoredKey} from '@vitalvault/sdk';

/** What a process that posts is told. */
export interface LoadOrder {
  readonly ingest: readonly string[];
  readonly storage: string;
  readonly devices: readonly LoadDevice[];
  /** Bytes of a record's ciphertext. */
  readonly ciphertextBytes: number;
  /** Hour of the readings. */
  readonly slot: number;
  /** Of so many bodies one is followed until it is anchored. */
  readonly followedEvery: number;
}

export interface LoadDevice {
  readonly key: StoredKey;
  /** Canonical DeviceConfig, hexadecimal. */
  readonly config: string;
}

/** Told at any time: how much is posted from then on. */
export interface LoadRate {
  /** 0: nothing more. */
  readonly recordsPerSecond: number;
}

/** What it says, several times a second, of what came since. */
export interface LoadReport {
  readonly accepted: number;
  /** How often a body was sent back, by status and code. */
  readonly refused: Readonly<Record<string, number>>;
  /** From the first attempt of a body to its answer; milliseconds. */
  readonly answeredMs: readonly number[];
  /** Of one record of some bodies, from the first attempt until storage says that it is anchored; milliseconds. */
  readonly anchoredMs: readonly number[];
}

export const RECORDS_OF_BODY = 25;
export const READINGS_OF_RECORD = 64;
