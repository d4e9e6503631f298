import {CODE, TRANSIENT_ANCHOR_CODES} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import type {EntryQueue} from './entry-queue.js';
import type {
  AnchorSigner,
  AnchorStore,
  BlockEffect,
  EntryToAnchor,
  LedgerCursor,
  LedgerGateway,
  SignedAnchor,
} from './ports.js';

export interface AnchorOptions {
  readonly now: () => number;
  /** Transactions that may be without an outcome at the same time. */
  readonly maxOpen: number;
  /** Newest block whose effect is stored; undefined before the first. */
  readonly head: () => LedgerCursor | undefined;
  /** Runs a submission inside a span that links to what it carries; gives its traceparent. */
  readonly trace: (
    entries: readonly EntryToAnchor[],
    run: (traceparent: string | undefined) => Promise<SignedAnchor>,
  ) => Promise<void>;
  readonly onSent: (anchor: SignedAnchor, entries: number) => void;
  readonly onRefused: (anchor: SignedAnchor, code: number) => void;
}

const EXPIRES_AFTER_BLOCKS = 120n;
const EXPIRES_AFTER_SECONDS = 180n;
const RESEND_MS = 3_000;
/** While the ledger has no room for what is sent, it is asked again with growing pauses. */
const FIRST_HOLD_MS = 1_000;
const LONGEST_HOLD_MS = 300_000;

// Nothing but time can change these, or a block has the bytes already: they are sent again until they expire.
const WAIT_CODES: ReadonlySet<number> = new Set([CODE.nonceUsed, CODE.expired, ...TRANSIENT_ANCHOR_CODES]);

/**
 * Anchors stored records and skips: signs a transaction once, keeps its bytes, sends the same bytes until a block has
 * them or they have expired. The outcome comes from the block follower alone.
 */
export class AnchorRecords {
  readonly #sent = new Map<string, {atMs: number; refused: number}>();
  #noncesKnown = false;
  #hold = {pauseMs: 0, untilMs: 0};
  #waitingSinceMs: number | undefined;
  /** Since when we ask in vain which numbers are free: nothing is sent as long. */
  #askingSinceMs: number | undefined;

  constructor(
    private readonly options: AnchorOptions,
    private readonly ports: {anchors: AnchorStore; queue: EntryQueue; ledger: LedgerGateway; signer: AnchorSigner},
  ) {}

  /** How long a transaction of ours has waited while no block took any, or all have for a number; 0: none waits. */
  get waitingMs(): number {
    const sinceMs = this.#waitingSinceMs ?? this.#askingSinceMs;
    return sinceMs === undefined ? 0 : Math.max(0, this.options.now() - sinceMs);
  }

  /** What a block made of our transactions. */
  settled(anchors: BlockEffect['anchors']): void {
    if (anchors.some(({anchored}) => anchored > 0)) this.#hold = {pauseMs: 0, untilMs: 0};
    else if (anchors.some(({noRoom}) => noRoom)) this.#holdOn();
  }

  /** Sends what is due again, then one new transaction. @returns whether there may be more */
  async execute(): Promise<boolean> {
    const head = this.options.head();
    if (head === undefined) return false;
    // First of all: what keeps us from sending may be what follows.
    this.#waitingSinceMs = await this.ports.anchors.waitingSinceMs(this.ports.signer.keyId);
    if (!this.#noncesKnown) await this.#learnNonces(head);
    const open = await this.ports.anchors.openIds();
    await this.#resend(open);
    if (open.length >= this.#mostOpen() || this.options.now() < this.#hold.untilMs) return false;
    const entries = await this.ports.queue.next(head);
    if (entries.length === 0) return false;
    await this.options.trace(entries, (traceparent) => this.#submit(entries, head, traceparent));
    return true;
  }

  async #submit(
    entries: readonly EntryToAnchor[],
    head: LedgerCursor,
    traceparent: string | undefined,
  ): Promise<SignedAnchor> {
    const {signer, anchors} = this.ports;
    const expiry = {
      expiresAtHeight: head.height + EXPIRES_AFTER_BLOCKS,
      expiresAtTime: head.blockTime + EXPIRES_AFTER_SECONDS,
    };
    const anchor = await anchors.sign(signer.keyId, entries, (nonce) => ({
      ...signer.sign({...expiry, nonce, entries: entries.map(({content}) => content)}),
      ...expiry,
      traceparent,
    }));
    this.options.onSent(anchor, entries.length);
    await this.#send(anchor);
    return anchor;
  }

  async #resend(open: readonly string[]): Promise<void> {
    const ids = new Set(open);
    for (const txId of this.#sent.keys()) if (!ids.has(txId)) this.#sent.delete(txId);
    const isDue = (txId: string): boolean => this.options.now() - (this.#sent.get(txId)?.atMs ?? 0) >= RESEND_MS;
    if (!open.some(isDue)) return;
    for (const anchor of await this.ports.anchors.open()) if (isDue(anchor.txId)) await this.#send(anchor);
  }

  async #send(anchor: SignedAnchor): Promise<void> {
    const refused = this.#sent.get(anchor.txId)?.refused ?? 0;
    this.#sent.set(anchor.txId, {atMs: this.options.now(), refused});
    try {
      await this.ports.ledger.broadcast(anchor.tx);
    } catch (error) {
      const code = error instanceof DomainError && error.code === 'tx-refused' ? Number(error.meta['code']) : undefined;
      if (code === undefined) throw error;
      await this.#refusedByCheck(anchor, {code, refused: refused + 1});
    }
  }

  // CheckTx is a courtesy. A used nonce may mean that a block has these very bytes: the follower will tell. Expiry too
  // is judged by the follower, from blocks. And one node's word is none: each of them has to say it.
  async #refusedByCheck(anchor: SignedAnchor, {code, refused}: {code: number; refused: number}): Promise<void> {
    this.options.onRefused(anchor, code);
    if (code === CODE.nonceUsed || code === CODE.nonceTooFar) this.#noncesKnown = false;
    if (WAIT_CODES.has(code)) return;
    this.#sent.set(anchor.txId, {atMs: this.options.now(), refused});
    if (refused >= this.ports.ledger.nodes) await this.ports.anchors.fail(anchor.txId, code);
  }

  // While it holds on, one transaction at a time asks.
  #mostOpen(): number {
    return this.#hold.pauseMs === 0 ? this.options.maxOpen : 1;
  }

  #holdOn(): void {
    const pauseMs = Math.min(LONGEST_HOLD_MS, Math.max(FIRST_HOLD_MS, this.#hold.pauseMs * 2));
    this.#hold = {pauseMs, untilMs: this.options.now() + pauseMs};
  }

  // A database that was restored or made anew knows fewer nonces than the ledger; one whose transactions all expired
  // has counted further than the ledger's window reaches.
  async #learnNonces({height}: LedgerCursor): Promise<void> {
    const {signer, anchors, ledger} = this.ports;
    this.#askingSinceMs ??= this.options.now();
    // The header of our newest block proves the state before it; what our own transactions in it used we know.
    await anchors.alignNonces(signer.keyId, await ledger.highestNonce(signer.keyId, height - 1n));
    [this.#noncesKnown, this.#askingSinceMs] = [true, undefined];
  }
}
