import {LIMITS, encodeCanonical, fromHex} from '@vitalvault/contracts';
import {ReleasePageSchema} from '@vitalvault/contracts/gen/storage/v1/storage';
import {DomainError} from '@vitalvault/errors';
import type {DecidedRequest} from '../domain/block-facts.js';
import {beginningOf, pageName} from '../domain/place-in-release.js';
import type {Follower, KeyRelease, LedgerCursor, ReadersRequest, ReleasableRecord, ReleaseStore} from './ports.js';
import type {ReadCiphertext} from './read-ciphertext.js';
import {RecentRefusals} from './recent-refusals.js';
import {ReleasePlaces} from './release-places.js';
import {ReleaseRoom} from './release-room.js';
import type {TakenRoom} from './release-room.js';

export interface ReleaseAsk {
  /** Hexadecimal. */
  readonly txId: string;
  /** As the page before named it; undefined: the first. */
  readonly page: string | undefined;
  /** Whose current key signed the HTTP request; hexadecimal. */
  readonly caller: string;
  /** The HTTP request as it was received: kept by policy as evidence. */
  readonly signedRequest: Uint8Array;
  /** The connection that waits: aborted when the answer has left by it, or it is gone. */
  readonly closed: AbortSignal;
}

export interface ReleaseOptions {
  readonly head: () => LedgerCursor | undefined;
  /** Height of the newest state whose header was seen. */
  readonly seenHeight: () => bigint;
  /** Waits for the block that has the request. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Tells the span of the release which records it is about. */
  readonly onRecords: (records: readonly ReleasableRecord[]) => void;
  /** Unix milliseconds. */
  readonly now: () => number;
}

const WAIT_FOR_BLOCK_MS = 3_000;
const POLL_MS = 100;
/** For their block: each asks the database ten times a second. */
const WAITING = {all: 64, ofOne: 2};
const MAX_PAGE_BYTES = 16 * 1_048_576;
const PARALLEL_READS = 16;

/**
 * Hands out a page of what a committed decision permits. What can fail comes first: the ciphertexts, of no use without
 * keys, are fetched and hashed; then policy counts and opens the outer seals (log before key), and the answer goes out.
 * @spec docs/protocol.md §7; docs/adr/0011
 */
export class ReleaseRecords {
  readonly #refused: RecentRefusals;
  readonly #room = new ReleaseRoom();
  readonly #waiting = new ReleasePlaces(WAITING);

  constructor(
    private readonly options: ReleaseOptions,
    private readonly ports: {releases: ReleaseStore; keys: KeyRelease; read: ReadCiphertext; follower: Follower},
  ) {
    this.#refused = new RecentRefusals(options.now);
  }

  /** Releases that hold a place, until their answer has left. */
  get underWay(): number {
    return this.#room.underWay;
  }

  /**
   * @returns canonical bytes of a ReleasePage; its room is taken until `closed`
   * @throws DomainError busy when the room is taken, or too many wait for their block, with seconds to wait
   */
  async execute(ask: ReleaseAsk): Promise<Uint8Array> {
    // Whether a permit stands is a question of the newest block.
    this.ports.follower.mustGoOn();
    // No place before the request is known to be the caller's: else whoever names what is not there keeps readers out.
    const request = await this.#request(ask);
    this.#check(request, ask);
    // An aborted signal tells nobody any more: a place taken now would never be given back.
    mustBeWaitedFor(ask);
    const room = this.#room.enter(ask.caller);
    ask.closed.addEventListener('abort', () => room.leave(), {once: true});
    try {
      return await this.#release(request, ask, room);
    } catch (error) {
      room.leave();
      throw error;
    }
  }

  async #release(request: ReadersRequest, ask: ReleaseAsk, room: TakenRoom): Promise<Uint8Array> {
    const {records, nextPage} = await this.#page(request, ask.page);
    this.options.onRecords(records);
    if (records.length === 0) return encodeCanonical(ReleasePageSchema, {txId: fromHex(ask.txId)});
    this.#refused.throwIfRefused(ask.txId);
    room.hold(records.reduce((sum, {ciphertextBytes}) => sum + ciphertextBytes, 0));
    const ciphertexts = await this.#ciphertexts(records, ask.closed);
    mustBeWaitedFor(ask);
    const {bundle} = await this.#refused.watch(
      ask.txId,
      this.ports.keys.release({
        txId: ask.txId,
        signedRequest: ask.signedRequest,
        records,
        seenHeight: this.options.seenHeight(),
        gone: ask.closed,
      }),
    );
    return encodeCanonical(ReleasePageSchema, {
      txId: fromHex(ask.txId),
      bundle,
      nextPage,
      records: records.map((record, place) => ({
        header: record.header,
        ciphertextHash: record.ciphertextHash,
        innerKeyHash: record.innerKeyHash,
        sealedKeyHash: record.sealedKeyHash,
        signature: record.signature,
        logIndex: record.logIndex,
        deviceKey: record.deviceKey,
        ciphertext: ciphertexts[place] ?? new Uint8Array(),
      })),
    });
  }

  // The reader learned of the block from policy, whose follower may be a moment ahead of ours.
  async #request(ask: ReleaseAsk): Promise<ReadersRequest> {
    const found = await this.ports.releases.request(ask.txId);
    if (found !== undefined) return found;
    const waitNoMore = this.#waiting.take(ask.caller);
    try {
      for (let waited = 0; waited < WAIT_FOR_BLOCK_MS; waited += POLL_MS) {
        await this.options.pause(POLL_MS);
        mustBeWaitedFor(ask);
        const request = await this.ports.releases.request(ask.txId);
        if (request !== undefined) return request;
      }
      throw new DomainError('tx-not-found');
    } finally {
      waitNoMore();
    }
  }

  #check(request: ReadersRequest, ask: ReleaseAsk): void {
    // Not the key: who replaced hers since then reads by the one that took its place, and by no other.
    if (request.reader !== ask.caller) throw new DomainError('not-yours', {detail: "It is another reader's request."});
    if (!request.permit) throw new DomainError('access-refused');
    const head = this.options.head();
    if (head === undefined) throw new DomainError('behind');
    if (head.height > request.releaseUntilHeight || head.blockTime > request.releaseUntilTime)
      throw new DomainError('permit-ended');
  }

  async #page(
    request: DecidedRequest,
    page: string | undefined,
  ): Promise<{records: ReleasableRecord[]; nextPage: string}> {
    const found = await this.ports.releases.releasable(request, beginningOf(page, request), LIMITS.releasePage + 1);
    const records: ReleasableRecord[] = [];
    let bytes = 0;
    for (const record of found) {
      bytes += record.ciphertextBytes;
      if (records.length === LIMITS.releasePage || (records.length > 0 && bytes > MAX_PAGE_BYTES))
        return {records, nextPage: pageName(record)};
      records.push(record);
    }
    return {records, nextPage: ''};
  }

  async #ciphertexts(records: readonly ReleasableRecord[], gone: AbortSignal): Promise<Uint8Array[]> {
    const out: Uint8Array[] = [];
    const queue = records.entries();
    const worker = async (): Promise<void> => {
      for (const [place, record] of queue) out[place] = await this.ports.read.execute(record, gone);
    };
    await Promise.all(Array.from({length: Math.min(PARALLEL_READS, records.length)}, worker));
    return out;
  }
}

/** Whoever has gone hears of no refusal, and policy, which counts, is not asked. */
function mustBeWaitedFor({closed}: Pick<ReleaseAsk, 'closed'>): void {
  if (closed.aborted) throw new DomainError('policy-unavailable', {detail: 'Nobody waits for it any more.'});
}
