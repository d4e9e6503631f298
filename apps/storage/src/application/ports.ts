import type {Tokens} from '@vitalvault/ledger-state';
import type {Advance} from '@vitalvault/process';
import type {AlertToSend} from '../domain/alerts.js';
import type {BlockFacts, DecidedRequest} from '../domain/block-facts.js';
import type {RegistrationLimits} from '../domain/entry-limits.js';
import type {EntryContent} from '../domain/choose-entries.js';
import type {PlaceInRelease} from '../domain/place-in-release.js';
import type {AcceptedRecord, AcceptedSkip, RecordNumber, RecordStateName, SignedParts} from '../domain/record.js';

export interface RecordToPack {
  readonly recordId: string;
  readonly patient: string;
  readonly cid: string;
  readonly ciphertext: Uint8Array;
  readonly acceptedAtMs: bigint;
  readonly traceparent: string | undefined;
}

/** Whose turn it is, and what bounds how much of hers the ledger takes now. */
export interface WaitingOwner {
  /** Hexadecimal. */
  readonly patient: string;
  /** Her bucket as the blocks have left it; undefined: never touched. */
  readonly tokens: Tokens | undefined;
  /** Entries of hers in transactions without an outcome. */
  readonly underWay: number;
  /** Her registrations with something to anchor, in one order always; none: all that she had is carried now. */
  readonly lanes: readonly WaitingLane[];
  /** Names the newest time that entries of hers came or were freed; no other has the same. */
  readonly woken: bigint;
  /** Looks in a row that found nothing of hers to send; 0: she is awake. */
  readonly rests: number;
  /** Registrations of hers that waited at the last look for a number that never came. */
  readonly held: number;
  /** Looks at her that were kept. */
  readonly looks: number;
}

/** What a look at an owner has found. */
export interface LookedAt extends Pick<WaitingOwner, 'patient' | 'woken' | 'rests' | 'held' | 'looks'> {
  /** When she is looked at again; awake owners are at any time. */
  readonly lookAtMs: number;
}

export interface WaitingLane extends RegistrationLimits {
  readonly patient: string;
  readonly device: string;
  readonly registration: number;
  /** Lowest number that waits. */
  readonly first: bigint;
  /** Of the device, over its registrations. */
  readonly tokens: Tokens | undefined;
  readonly underWay: number;
}

/** Which entries of a registration are asked for. */
export interface LaneQuestion extends Pick<WaitingLane, 'patient' | 'device' | 'registration'> {
  /** Only numbers below. */
  readonly below: bigint;
}

/** An entry by name: what it is of, and where to find it. */
export interface WaitingEntry {
  readonly kind: 'record' | 'skip';
  /** Record id or skip id. */
  readonly entryId: string;
}

/** A stored record or a skip that no transaction carries. */
export interface EntryToAnchor extends WaitingEntry {
  readonly content: EntryContent;
  readonly traceparent: string | undefined;
}

/** What is known of a record, as its receipt shows it. */
export interface RecordStatus {
  /** Empty for a number that was given up before it had a record. */
  readonly recordId: string;
  readonly patient: string;
  readonly state: RecordStateName;
  /** Canonical bytes of the SignedAccepted; undefined without a record. */
  readonly receipt: Uint8Array | undefined;
  readonly cid?: string;
  readonly replicas?: number;
  readonly height?: bigint;
  readonly txId?: string;
  readonly logIndex?: bigint;
  readonly refusalCode?: number;
  /** Number that has to be anchored or skipped before the ledger can take this one; absent: none. */
  readonly waitsFor?: bigint;
}

export interface NumberStatus {
  /** Undefined: nothing has the number. */
  readonly record: RecordStatus | undefined;
  /** Lowest number of its registration that is neither anchored nor skipped, as far as blocks are stored. */
  readonly lowestOpen: bigint;
}

export interface AcceptedBatch {
  readonly records: readonly AcceptedRecord[];
  readonly skips?: readonly AcceptedSkip[];
}

export interface AcceptOutcome {
  readonly fresh: number;
  readonly conflicts: number;
  readonly skips: number;
}

export interface RecordStore {
  /**
   * In one transaction with the step of the consumer, or not at all: new records are taken, the same again are nothing,
   * other bytes under a taken or given-up number are conflicts. A skip is taken when its number has no record, or one
   * that was refused.
   * @throws PositionMoved when another position is stored than the one that it continues
   */
  accept(messages: AcceptedBatch, advance: Advance): Promise<AcceptOutcome>;
  /** What became of each of these numbers, in their order, all as of one moment. */
  byNumbers(numbers: readonly RecordNumber[]): Promise<readonly NumberStatus[]>;
  byId(recordId: string): Promise<RecordStatus | undefined>;
  /** Queued durably; the same alert again is sent once more and is still one alert. */
  alert(alerts: readonly AlertToSend[]): Promise<void>;
}

/** In whose hands a pack is, and for how long without a word of them. By the clock of the database, which all share. */
export interface Lease {
  /** Another one for each process, also after a restart. */
  readonly owner: string;
  readonly ms: number;
}

/** A pack that this process makes. */
export interface ClaimedPack {
  /** CID of its root: it follows from its records and its id, so no other pack has it. */
  readonly root: string;
  /** 16 random bytes. */
  readonly id: Uint8Array;
  /** Attempts that failed, of whichever process. */
  readonly failures: number;
  readonly records: readonly RecordToPack[];
}

export type RootOf = (cids: readonly string[], id: Uint8Array) => string;

/**
 * Which records go into which pack, and who makes it: kept beside the records, and the root before it is pinned
 * (docs/adr/0046).
 */
export interface PackClaims {
  /**
   * A pack of records that are in none, of each owner in turn and of hers the oldest: at least one, then up to the
   * limits.
   * @returns undefined: there is none
   */
  claim(lease: Lease, limit: {records: number; bytes: number}, rootOf: RootOf): Promise<ClaimedPack | undefined>;
  /** A pack that was put back and whose pause is over, or whose lease ran out: the same records under the same root. */
  takeUp(lease: Lease, rootOf: RootOf): Promise<ClaimedPack | undefined>;
  /** @returns false: another one has it, or it is stored */
  renew(root: string, lease: Lease): Promise<boolean>;
  /** It failed: anybody takes it up after the pause. */
  putBack(root: string, owner: string, pauseMs: number): Promise<void>;
  /** Whatever is in these hands can be taken up at once. */
  letGo(owner: string): Promise<void>;
  /** It is pinned: its records are stored, the waiting ciphertexts forgotten. The same again is nothing. */
  stored(pack: {root: string; replicas: number}): Promise<void>;
}

/** Roots of packs that are pinned, because records name them. */
export interface PinnedRoots {
  /**
   * The next one above `after`, by root.
   * @returns root: undefined: none in this step · after: where the next step begins; undefined: at the beginning
   */
  nextPinned(after: string): Promise<{readonly root: string | undefined; readonly after: string | undefined}>;
  /** Which of them still are. */
  pinnedOf(roots: readonly string[]): Promise<string[]>;
}

/** How packs lie on the peers, by their own word. */
export interface PackCopies {
  /** How many peers say that they hold it; undefined: one that should does not answer. */
  copies(root: string, signal: AbortSignal): Promise<number | undefined>;
}

/** Roots that may be pinned though no record names them. */
export interface UnnamedRoots {
  /**
   * Looks through the pinned packs above `after`, by root, for such that no record names.
   * @returns the last one that was looked at, undefined: none is left; and how many were found
   */
  find(after: string, packs: number): Promise<{last: string | undefined; found: number}>;
  /** One that is proven to be named by no record, in these hands now: nobody makes it meanwhile. */
  takeOut(lease: Lease): Promise<string | undefined>;
  /** A root that is pinned for a moment only: unless it is forgotten before, it is taken out when the lease is over. */
  keepUntil(root: string, lease: Lease): Promise<void>;
  /** It is unpinned. */
  forget(root: string, owner: string): Promise<void>;
}

export interface SignedAnchor {
  readonly txId: string;
  readonly txHash: string;
  readonly tx: Uint8Array;
  readonly expiresAtHeight: bigint;
  readonly expiresAtTime: bigint;
  readonly traceparent: string | undefined;
}

export interface AnchorStore {
  /**
   * The next owners above `after`, ascending by id, who have something that no transaction carries and are awake. One
   * whose entries come or are freed is.
   */
  awake(after: string, owners: number): Promise<WaitingOwner[]>;
  /** Those who are not, and whose rest is over, longest first. */
  rested(nowMs: number, owners: number): Promise<WaitingOwner[]>;
  /** Keeps what a look has found; nothing of an owner who was woken since. */
  looked(looks: readonly LookedAt[]): Promise<void>;
  /** Registrations that wait for a number that never came, as each owner's last look has found. */
  held(): Promise<number>;
  /**
   * Finds owners above `after` who have something that no transaction carries and yet would never be looked at, and
   * wakes them. There is none, unless rows were lost.
   * @param owners who wait and are checked in one call
   * @returns the last one who was checked, undefined: none is left; and how many were lost
   */
  wakeLost(after: string, owners: number): Promise<{last: string | undefined; lost: number}>;
  /**
   * What is due of each lane, ascending by number, at most so many of each.
   * @param due `nowMs`: what waits until later is left out; `slot`: so is a record of a later hour, which the ledger
   *   would refuse for now
   */
  entriesOf(
    lanes: readonly LaneQuestion[],
    due: {nowMs: number; slot: number; most: number},
  ): Promise<WaitingEntry[][]>;
  /** Their contents, in their order; what a transaction carries by now is missing. */
  load(entries: readonly WaitingEntry[]): Promise<EntryToAnchor[]>;
  /** Bucket of our organisation as the blocks have left it, and its entries in transactions without an outcome. */
  ownBucket(): Promise<{tokens: Tokens | undefined; underWay: number}>;
  /** Takes a nonce, has the transaction signed and keeps its bytes, with what it carries: all or nothing. */
  sign(keyId: string, entries: readonly EntryToAnchor[], sign: (nonce: bigint) => SignedAnchor): Promise<SignedAnchor>;
  /** Ids of transactions without an outcome, oldest first. */
  openIds(): Promise<string[]>;
  /** The same with their bytes, up to 64 KiB each: for what is to be sent again. */
  open(): Promise<SignedAnchor[]>;
  /** Since when a transaction waits while no block took any of ours; undefined: none does. */
  waitingSinceMs(keyId: string): Promise<number | undefined>;
  /** The ledger refuses these bytes for good: what they carried gets new ones. */
  fail(txId: string, code: number): Promise<void>;
  /**
   * The next nonce is the one above `highest`, which the ledger knows as used, and above those of transactions that a
   * block has or may still take. It can fall: what expired used none up, and the ledger takes none that is far ahead.
   */
  alignNonces(keyId: string, highest: bigint): Promise<void>;
}

export interface LedgerCursor {
  readonly height: bigint;
  /** Unix seconds. */
  readonly blockTime: bigint;
  /** Of its header; undefined: of no block. */
  readonly hash?: Uint8Array | undefined;
}

/** A block with what storage learns from it. */
export interface TakenBlock {
  readonly at: LedgerCursor;
  readonly facts: BlockFacts;
}

export interface LedgerStore {
  cursor(): Promise<LedgerCursor>;
  /**
   * The whole effect of blocks, in one transaction with the cursor; nothing when all are stored already.
   * @param blocks in order, each one height above the one before it
   * @returns what happened, for logs and spans
   * @throws DomainError behind when the block before them is not stored, or some of them are
   */
  apply(...blocks: readonly TakenBlock[]): Promise<BlockEffect>;
}

/** What follows the chain for us. */
export interface Follower {
  /**
   * For an answer that needs what comes after the newest stored block.
   * @throws DomainError follower-stopped when it stands at a block that it cannot take
   */
  mustGoOn(): void;
}

export interface BlockEffect {
  readonly anchors: readonly {
    readonly txId: string;
    readonly txHash: string;
    readonly traceparent: string | undefined;
    readonly anchored: number;
    readonly later: number;
    readonly refused: number;
    /** The ledger has no room, or our organisation no tokens: whatever is sent now meets the same. */
    readonly noRoom: boolean;
    /** When ingest acknowledged the records that are anchored now; Unix milliseconds. */
    readonly acceptedAtMs: readonly bigint[];
    readonly traces: readonly string[];
  }[];
  readonly expired: number;
  /** Entries that a transaction of ours brought in of which this database knows nothing: it came back from a copy. */
  readonly recognised: number;
}

export interface ReleasableRecord extends SignedParts, PlaceInRelease {
  readonly recordId: string;
  readonly cid: string;
  readonly packRoot: string | undefined;
  readonly patient: string;
  readonly ciphertextBytes: number;
  readonly sealedKey: Uint8Array;
  readonly deviceKey: Uint8Array;
  readonly traceparent: string | undefined;
}

/** A decided request with whose it is: the identity of the key that signed it, hexadecimal. */
export type ReadersRequest = DecidedRequest & {readonly reader: string};

export interface ReleaseStore {
  request(txId: string): Promise<ReadersRequest | undefined>;
  /**
   * Anchored records that the decision speaks for, by place.
   * @param from the first place, not before the request's first hour
   */
  releasable(request: DecidedRequest, from: PlaceInRelease, limit: number): Promise<ReleasableRecord[]>;
}

/** IPFS Cluster. */
export interface PackStore {
  /** CID of the root of the pack of this id and these blocks, in whatever order. */
  rootOf(cids: readonly string[], id: Uint8Array): string;
  /**
   * Adds the blocks under their root and waits until enough peers say pinned. The same again is one pin.
   * @param signal ends it
   * @returns how many peers do
   */
  pin(blocks: readonly Block[], pack: Pick<ClaimedPack, 'root' | 'id'> & {signal: AbortSignal}): Promise<number>;
  /** Nobody holds the pack any more; that nobody did is no error. */
  unpin(root: string, signal: AbortSignal): Promise<void>;
  /** Peers whose pin failed try again. */
  recover(root: string): Promise<void>;
  /** Has a block of a pack written anew by every peer that holds the pack. */
  rewrite(root: string, block: Block): Promise<void>;
}

export interface Block {
  readonly cid: string;
  readonly bytes: Uint8Array;
}

/** What a peer gave for a block; `timeout` also when it is away. */
export type BlockAnswer =
  {readonly outcome: 'served'; readonly bytes: Uint8Array} | {readonly outcome: 'corrupt' | 'missing' | 'timeout'};

/** One IPFS peer that may have a block. Bytes come only with the right hash. */
export interface BlockPeer {
  readonly index: number;
  /** @param limits.signal nobody waits for it any more */
  blockGet(cid: string, limits: {timeoutMs: number; maxBytes: number; signal?: AbortSignal}): Promise<BlockAnswer>;
}

/** policy: log before key. */
export interface KeyRelease {
  release(request: {
    txId: string;
    signedRequest: Uint8Array;
    records: readonly ReleasableRecord[];
    /** Height of the newest state that this storage has seen a header for. */
    seenHeight: bigint;
    /** The reader's connection is gone: what has not been counted yet need not be. */
    gone: AbortSignal;
  }): Promise<{bundle: Uint8Array}>;
}

/** The ledger as storage writes to it. */
export interface LedgerGateway {
  /** @throws DomainError tx-refused with meta.code when CheckTx refuses it; ledger-unavailable */
  broadcast(tx: Uint8Array): Promise<void>;
  /** Nodes that the same bytes are brought to in turn. */
  readonly nodes: number;
  /**
   * Highest used nonce of a key; 0: none. Whatever our clock says.
   * @param atLeast in the state after this block or a later one
   */
  highestNonce(keyId: string, atLeast: bigint): Promise<bigint>;
}

/** Signs transactions as this organisation's storage. */
export interface AnchorSigner {
  /** Hexadecimal. */
  readonly keyId: string;
  sign(body: {expiresAtHeight: bigint; expiresAtTime: bigint; nonce: bigint; entries: readonly EntryContent[]}): {
    txId: string;
    txHash: string;
    tx: Uint8Array;
  };
}
