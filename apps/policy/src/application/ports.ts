import type {Alert} from '@vitalvault/contracts/gen/events/v1/events';
import type {
  AccessLeaf,
  Device,
  Grant,
  KeyOwner,
  Member,
  Organisation,
  OrganisationKey,
  Patient,
  Registration,
} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {SignedEpochStatement, SignedKeySuccession, SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import type {ProofQuestion, VerifiedHeader} from '@vitalvault/light-client';
import type {ProvenAnswer} from '@vitalvault/proofs';
import type {TransactionOutcome} from '../domain/transaction-outcome.js';

/** Lower-case hexadecimal of an id or a hash. */
export type Id = string;

/** How far the projection is. */
export interface ChainPosition {
  readonly height: bigint;
  /** Block time, Unix seconds; 0 before the first block. */
  readonly timeSeconds: bigint;
  /** Of its header, 32 bytes; undefined: of the genesis. */
  readonly hash?: Uint8Array | undefined;
}

/** A key that is or was somebody's. */
export interface KnownKey {
  readonly publicKey: Uint8Array;
  readonly owner: KeyOwner;
}

export interface DeviceRegistration {
  readonly device: Id;
  readonly registration: number;
  readonly value: Registration;
}

export interface RegistrationPlace {
  readonly device: Id;
  readonly registration: number;
}

/** A registration with the device that it is of. */
export interface RegisteredDevice {
  readonly device: Device;
  readonly registration: Registration;
}

export interface StoredGrant {
  readonly grantId: Id;
  readonly grant: Grant;
  readonly readsUsed: bigint;
}

/** A leaf of a patient's access log. */
export interface StoredLeaf {
  readonly patient: Id;
  readonly index: bigint;
  readonly txId: Id;
  readonly leaf: AccessLeaf;
  /**
   * Of an access: how the projection decides it at that place; undefined: it comes to another verdict than the ledger.
   */
  readonly verdict?: {readonly rule: number; readonly byGrant: boolean} | undefined;
}

/** Read model of the ledger, as of the last projected block. */
export interface Projection {
  /** Undefined: not even the genesis is projected. */
  position(): Promise<ChainPosition | undefined>;
  organisationKeys(organisation: Id): Promise<OrganisationKey[]>;
  member(id: Id): Promise<Member | undefined>;
  patient(id: Id): Promise<Patient | undefined>;
  /** Number of projected leaves of her access log. */
  accessLogSize(patient: Id): Promise<bigint>;
  /** The same of several; who is no patient is missing. */
  accessLogSizes(patients: readonly Id[]): Promise<ReadonlyMap<Id, bigint>>;
  key(keyId: Id): Promise<KnownKey | undefined>;
  device(id: Id): Promise<Device | undefined>;
  registration(device: Id, registration: number): Promise<Registration | undefined>;
  /** Each of these registrations, in their order, all as of one moment; undefined: there was none. */
  registrationsAt(places: readonly RegistrationPlace[]): Promise<readonly (RegisteredDevice | undefined)[]>;
  /** Every registration that this owner ever had, by device and number. */
  registrationsOf(owner: Id): Promise<DeviceRegistration[]>;
  /** Of one tag or, without it, all; ascending by tag and epoch. */
  epochStatements(patient: Id, typeTag?: Id): Promise<SignedEpochStatement[]>;
  /** Those with a greater n than `after`, ascending; 256 at the most. */
  successions(patient: Id, after: number): Promise<SignedKeySuccession[]>;
  /** The newest version under that id. */
  grant(patient: Id, grantId: Id): Promise<Grant | undefined>;
  /** The newest version of each, ascending by grant id. */
  grantsOf(patient: Id): Promise<StoredGrant[]>;
  readsUsed(patient: Id, grantId: Id): Promise<bigint>;
  transaction(txId: Id): Promise<TransactionOutcome | undefined>;
  /** Height of the newest block with a transaction; 0: none. */
  lastTransactionHeight(): Promise<bigint>;
  leafOfTransaction(txId: Id): Promise<StoredLeaf | undefined>;
  leafAt(patient: Id, index: bigint): Promise<StoredLeaf | undefined>;
}

/** What follows the chain for us. */
export interface Follower {
  /**
   * For an answer that needs what comes after the newest projected block.
   * @throws DomainError follower-stopped when it stands at a block that it cannot take
   */
  mustGoOn(meta?: Readonly<Record<string, string>>): void;
}

/** A fact for Kafka, published after the block is durable. */
export interface Announcement {
  readonly topic: string;
  /** Patient id. */
  readonly key: Id;
  readonly value: Uint8Array;
  readonly messageId: string;
  readonly traceparent: string | undefined;
}

/** Whose grant, and which. */
export interface GrantPlace {
  readonly patient: Id;
  readonly grantId: Id;
}

/** What the effects of some blocks will read. */
export interface ExpectedReads {
  readonly transactions: readonly Id[];
  readonly members: readonly Id[];
  /** The newest version of each, and how often it was read by. */
  readonly grants: readonly GrantPlace[];
}

/** What effects of blocks depend on. */
export type EffectReads = Pick<
  Projection,
  'member' | 'patient' | 'device' | 'registration' | 'grant' | 'readsUsed' | 'transaction' | 'accessLogSize'
>;

/** Effects of some blocks. Reads see the effects written before. */
export interface ProjectionWriter extends EffectReads {
  putOrganisation(id: Id, value: Organisation): Promise<void>;
  putOrganisationKey(keyId: Id, value: OrganisationKey): Promise<void>;
  putMember(id: Id, value: Member): Promise<void>;
  putPatient(id: Id, value: Patient): Promise<void>;
  putKey(keyId: Id, key: KnownKey): Promise<void>;
  putDevice(id: Id, value: Device): Promise<void>;
  putRegistration(device: Id, registration: number, value: Registration): Promise<void>;
  putEpochStatement(place: {patient: Id; typeTag: Id; epoch: number}, value: SignedEpochStatement): Promise<void>;
  putSuccession(place: {patient: Id; n: number}, value: SignedKeySuccession): Promise<void>;
  putGrant(place: {patient: Id; grantId: Id; height: bigint; index: number}, value: Grant): Promise<void>;
  putReadsUsed(patient: Id, grantId: Id, reads: bigint): Promise<void>;
  /** Looks these up at once: each is about to be asked for. */
  expect(reads: ExpectedReads): Promise<void>;
  putTransaction(outcome: TransactionOutcome): Promise<void>;
  /** `bytes` exactly as the ledger gave them; her log grows by it. */
  appendLeaf(leaf: {
    patient: Id;
    index: bigint;
    height: bigint;
    txId: Id;
    bytes: Uint8Array;
    verdict?: StoredLeaf['verdict'];
  }): Promise<void>;
  announce(announcement: Announcement): Promise<void>;
}

export interface ProjectionStore extends Projection {
  /**
   * Writes blocks and their effects in one transaction, exactly once per height and in order.
   * @param blocks each one height above the one before it; at least one
   * @returns false when it is one, and projected already: `effects` was not run.
   * @throws DomainError behind when the height before them is missing: a database that came back from a copy lacks it;
   *   or when another process has projected some of several meanwhile: nothing is said of the others then
   */
  project(blocks: readonly ChainPosition[], effects: (writer: ProjectionWriter) => Promise<void>): Promise<boolean>;
}

/** D-1: which request posted a transaction; short-lived. */
export interface TransactionTraces {
  remember(txHash: Id, traceparent: string): Promise<void>;
  find(txHashes: readonly Id[]): Promise<ReadonlyMap<Id, string>>;
}

/** A block as the follower gives it. */
export interface LedgerBlock {
  readonly height: bigint;
  readonly timeSeconds: bigint;
  readonly transactions: readonly {readonly bytes: Uint8Array; readonly code: number; readonly data: Uint8Array}[];
}

/** The ledger as one validator or several give it. Nothing here is verified: see `ProvenLedger`. */
export interface LedgerSource {
  /** How many validators can be asked by number. */
  readonly validators: number;
  /** @throws DomainError tx-refused (meta: code), ledger-unavailable */
  broadcast(transaction: Uint8Array): Promise<void>;
  /** `signed_header` as CometBFT's RPC gives it, JSON text. @throws DomainError not-found, ledger-unavailable */
  signedHeader(height: bigint | 'latest', validator?: number): Promise<string>;
  /** As `signedHeader`, as soon as it exists. @throws DomainError ledger-unavailable when it does not come in time. */
  waitForHeader(height: bigint, validator?: number): Promise<string>;
  proofs(request: ProofQuestion, validator?: number): Promise<ProofResponse>;
  /**
   * A header that verifies, from whichever validator shows one; the newest is not older than `atLeast`.
   * @throws DomainError not-found, ledger-unavailable
   */
  verifiedHeader(height: bigint | {readonly atLeast: bigint}): Promise<string>;
  /**
   * An answer that verifies under its header, from whichever validator gives one.
   * @param answered called when a validator has answered, or does not; what is left is waiting: for a header, or for
   *   one that is not busy
   * @throws DomainError invalid-field when more validators refuse it than may lie; ledger-unavailable
   */
  verifiedProofs(
    request: ProofQuestion,
    wanted: {readonly atLeast: bigint; readonly answered: () => void},
  ): Promise<{readonly response: ProofResponse; readonly signedHeader: string; readonly header: VerifiedHeader}>;
}

/** Leaves of logs, each proven to stand at its place under a header that the genesis' validators signed. */
export interface ProvenLogs {
  /**
   * @param logs of each the leaves `from` … `from + count - 1`
   * @param atLeast block that they come from
   * @throws DomainError not-verified, behind, ledger-unavailable
   */
  leaves(
    logs: readonly {
      readonly kind: number;
      readonly patient: Uint8Array;
      readonly from: bigint;
      readonly count: number;
    }[],
    atLeast: bigint,
  ): Promise<readonly (readonly Uint8Array[])[]>;
}

/** State and logs of the ledger, proven under a fresh header that the genesis' validators signed. */
export interface ProvenLedger {
  /**
   * @param atLeast the state must be that after this block or a later one.
   * @throws DomainError not-verified when what the validators say does not verify; behind; ledger-unavailable, also
   *   when
   *   their newest header is older than 30 s.
   */
  prove(question: ProofQuestion, atLeast: bigint): Promise<ProvenState>;
}

export interface ProvenState {
  readonly answer: ProvenAnswer;
  /** The header that carries the root; the state is that after `header.height - 1`. */
  readonly header: VerifiedHeader;
}

/** Tells the patient. */
export interface AlertQueue {
  /** Returns only when the alert is durable. @throws DomainError notify-unavailable */
  queue(alert: Alert): Promise<void>;
}

/** The signed HTTP requests that storage hands on. */
export interface ReleaseRequests {
  /**
   * Whether this key signed this request for this permit, a moment ago.
   * @throws DomainError unknown-key when another key signed it; signature-missing, signature-invalid, digest-mismatch;
   *   after a valid signature of hers signature-stale, signature-replayed, release-mismatch
   */
  check(signedRequest: Uint8Array, txId: Id, reader: SigningKey): Promise<void>;
}

/** One more answer of a permit. */
export interface AnswerToCount {
  readonly txId: Id;
  readonly recordIds: readonly Id[];
  readonly signedRequest: Uint8Array;
  readonly verifiedAtHeight: bigint;
  /** What the patient is told of it. @param number of the answer among those of the permit, from 1 */
  readonly tell: (number: number) => Announcement;
}

/** How often a permit was answered for a record, and by which signed requests. */
export interface ReleaseRegister {
  /**
   * Counts it for each record and tells the patient, all or nothing, and keeps the request.
   * @returns false, and nothing is counted or told, when a record was answered as often as it may be.
   */
  count(answer: AnswerToCount): Promise<boolean>;
  /** Whether the permit was answered, with that record if one is named. */
  answered(txId: Id, recordId?: Id): Promise<boolean>;
  /** Whether `count` would take them now. */
  allows(txId: Id, recordIds: readonly Id[]): Promise<boolean>;
}

/** What a reader found wrong; there is one of each reader, subject and finding. */
export interface StoredComplaint {
  readonly reader: Id;
  /** The record, or the transaction of the permit: the release as a whole. */
  readonly subject: Id;
  readonly finding: string;
  readonly patient: Id;
  /** Days since the Unix epoch. */
  readonly day: number;
}

/** Deletable documents beside the ledger. */
export interface DocumentStore {
  wraps(patient: Id, grantId: Id): Promise<{version: number; value: Uint8Array} | undefined>;
  /** @returns false when a higher version, or another bundle of the same, is stored. */
  putWraps(wraps: {patient: Id; grantId: Id; version: number; value: Uint8Array}): Promise<boolean>;
  profile(member: Id): Promise<Uint8Array | undefined>;
  putProfile(member: Id, value: Uint8Array): Promise<void>;
  details(txId: Id): Promise<Uint8Array | undefined>;
  putDetails(txId: Id, value: Uint8Array): Promise<void>;
  /**
   * With the alert that announces it, in one transaction; the same again changes nothing.
   * @param most of one reader about one patient in a day
   * @returns false, and nothing is kept, when it would be one more
   */
  putComplaint(complaint: StoredComplaint, most: number, announcement: Announcement): Promise<boolean>;
}

/** Milliseconds since the Unix epoch. */
export type Clock = () => number;
