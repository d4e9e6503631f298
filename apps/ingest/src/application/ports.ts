import type {SkipEntry} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {SignedAccepted} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import type {PostedRecord, SignedEpochStatement, SignedKeySuccession} from '@vitalvault/contracts/gen/record/v1/record';
import type {DomainError} from '@vitalvault/errors';
import type {BucketRate} from '@vitalvault/process';
import type {RegisteredDevice} from '../domain/check-device.js';
import type {Epoch} from '../domain/check-epoch.js';

export interface RegistrationOfDevice {
  /** 20 bytes. */
  readonly device: Uint8Array;
  readonly registration: number;
}

/** What the ledger knows of devices and epochs, as this organisation's policy service projects it. */
export interface LedgerFacts {
  /**
   * Each of these registrations in its place, by one question; undefined: never registered so. @throws DomainError
   * `policy-unavailable`
   */
  devices(wanted: readonly RegistrationOfDevice[]): Promise<readonly (RegisteredDevice | undefined)[]>;
  /** @param typeTag undefined: all tags. @throws DomainError `policy-unavailable` */
  epochs(patient: Uint8Array, typeTag?: Uint8Array): Promise<PatientEpochs>;
  /** A page of those with a greater n than `after`. @throws DomainError `policy-unavailable` */
  successions(patient: Uint8Array, after: number): Promise<PatientSuccessions>;
}

export interface PatientEpochs {
  readonly statements: readonly EpochOfTag[];
  readonly atHeight: bigint;
}

/** Successions of a patient's signing key, as her recovery key signed them, ascending. */
export interface PatientSuccessions {
  readonly successions: readonly SignedKeySuccession[];
  readonly atHeight: bigint;
}

export interface EpochOfTag extends Epoch {
  readonly typeTag: Uint8Array;
  /** As its owner signed it. */
  readonly signed: SignedEpochStatement;
}

/** The table of (device, registration, sequence): storage's, and authoritative. */
export interface RecordTable {
  /** What became of each of these numbers, in their order; one question. @throws DomainError `storage-unavailable` */
  statuses(numbers: readonly NumberOfDevice[]): Promise<readonly NumberStatus[]>;
  /**
   * Takes from the quotas of their devices and owners, which all processes share, and tells what became of the numbers:
   * one question; all or nothing. @throws DomainError `storage-unavailable`
   */
  admit(asked: readonly NumberToAdmit[], limits: AdmissionLimits): Promise<Admission>;
  /**
   * Age in milliseconds of the oldest accepted record that storage has not consumed. @throws DomainError
   * `storage-unavailable`
   */
  backlogMs(): Promise<number>;
}

/** The number that a device gives a record or skip. */
export interface NumberOfDevice extends RegistrationOfDevice {
  readonly sequence: bigint;
}

/** A number that is to be used, and whose it is. */
export interface NumberToAdmit extends NumberOfDevice {
  /** 20 bytes. */
  readonly patient: Uint8Array;
}

export interface AdmissionLimits {
  readonly device: BucketRate;
  readonly owner: BucketRate;
  /** Records of one owner that may wait for the ledger; 0: these may be any number. */
  readonly mostWaiting: number;
}

export interface Admission {
  /** 0: all are admitted; else nothing was taken, and after so long it is worth asking again. */
  readonly waitMs: number;
  /** Owners of whom too many records wait: that is why; none: a quota is. */
  readonly full: readonly Uint8Array[];
  /** Records that are left of each quota, rounded up, in the order in which devices and owners were first named. */
  readonly left: {readonly devices: readonly number[]; readonly owners: readonly number[]};
  /** In the order asked; none when nothing was taken. */
  readonly statuses: readonly NumberStatus[];
}

/** What storage knows of a number. */
export interface NumberStatus {
  /** undefined: unknown there. */
  readonly record: RecordStatus | undefined;
  /** Lowest number of the registration that the ledger has neither anchored nor skipped, as storage has the blocks. */
  readonly lowestOpen: bigint;
}

export interface RecordStatus {
  /** Empty for a number that was given up without a record. */
  readonly recordId: Uint8Array;
  readonly state: 'accepted' | 'stored' | 'anchored' | 'refused' | 'skipped';
  /** Only a number that was given up may have none. */
  readonly receipt?: SignedAccepted;
  readonly cid?: string;
  readonly replicas?: number;
  readonly height?: bigint;
  readonly txId?: Uint8Array;
  readonly logIndex?: bigint;
  readonly refusalCode?: number;
  /** Number that has to be anchored or given up before the ledger can take this one; absent: none. */
  readonly waitsFor?: bigint;
}

/** A record on its way to storage, with the receipt that its device gets. */
export interface AcceptedRecord {
  readonly patient: Uint8Array;
  readonly record: PostedRecord;
  readonly receipt: SignedAccepted;
  readonly acceptedAtMs: number;
}

/** A number that its device gives up, on its way to storage. */
export interface AcceptedSkip {
  readonly patient: Uint8Array;
  readonly skip: SkipEntry;
  readonly acceptedAtMs: number;
}

/** Room in the queue to the log, held while a request is worked on. */
export interface PlaceInLog {
  /** Gives it back; a second time does nothing. */
  leave(): void;
}

/** The durable log between ingest and storage. */
export interface AcceptedLog {
  /**
   * Room for so many entries with so many bytes in all; taken before anything else is done for a request, it bounds
   * all that waits in this process.
   * @throws DomainError `busy`, `bus-unavailable` with the seconds to wait; then nothing was taken
   */
  reserve(entries: number, bytes: number): PlaceInLog;
  /**
   * Resolves when every entry is durable. @throws DomainError `bus-unavailable`; then some may be durable all the same.
   */
  append(entries: readonly (AcceptedRecord | AcceptedSkip)[], place: PlaceInLog): Promise<void>;
}

/** ES256K over a digest, both ways; 33-byte keys, 64-byte low-S signatures. */
export interface SignatureVerifier {
  verify(publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean;
}

/** The custodian's ingest key. */
export interface ReceiptSigner {
  readonly publicKey: Uint8Array;
  /** 64 bytes, low-S. */
  sign(digest: Uint8Array): Uint8Array;
}

/** What an address may have us do for nobody: ask about devices that there are not, verify what no device signed. */
export interface AskAsStranger {
  /**
   * Takes from what it may have asked about devices that nobody knows here. @returns gives back as many as are known
   * after all. @throws DomainError `quota-exceeded`, `too-many-records`
   */
  devices(unknown: number): (known: number) => void;
  /** Why no signature of this registration may be verified for it now; undefined: one may. */
  signature(signer: string): DomainError | undefined;
  /** One was verified, and did not hold. */
  wrong(signer: string): void;
}

/** Unix milliseconds. */
export type Clock = () => number;
