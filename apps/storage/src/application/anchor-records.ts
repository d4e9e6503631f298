import {CODE} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {chooseEntries} from '../domain/choose-entries.js';
import type {AnchorSigner, AnchorStore, LedgerCursor, LedgerGateway, EntryToAnchor, SignedAnchor} from './ports.js';

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
const CANDIDATES = 200;
const RESEND_MS = 3_000;

// Nothing but time can change these; the bytes are sent again until they expire.
const WAIT_CODES: ReadonlySet<number> = new Set([CODE.nonceTooFar, CODE.quota]);

/**
 * Anchors stored records and skips: signs a transaction once, keeps its bytes, sends the same bytes until a block has
 * them or they have expired. The outcome comes from the block follower alone.
 */
export class AnchorRecords {
  readonly #sentAt = new Map<string, number>();
  #noncesKnown = false;

  constructor(
    private readonly options: AnchorOptions,
    private readonly ports: {anchors: AnchorStore; ledger: LedgerGateway; signer: AnchorSigner},
  ) {}

  /** Sends what is due again, then one new transaction. @returns whether there may be more */
  async execute(): Promise<boolean> {
    const head = this.options.head();
    if (head === undefined) return false;
    if (!this.#noncesKnown) await this.#learnNonces();
    const open = await this.ports.anchors.open();
    await this.#resend(open);
    if (open.length >= this.options.maxOpen) return false;
    const candidates = await this.ports.anchors.toAnchor(CANDIDATES, this.options.now());
    const entries = chooseEntries(candidates);
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

  async #resend(open: readonly SignedAnchor[]): Promise<void> {
    const ids = new Set(open.map(({txId}) => txId));
    for (const txId of this.#sentAt.keys()) if (!ids.has(txId)) this.#sentAt.delete(txId);
    for (const anchor of open) {
      if (this.options.now() - (this.#sentAt.get(anchor.txId) ?? 0) >= RESEND_MS) await this.#send(anchor);
    }
  }

  async #send(anchor: SignedAnchor): Promise<void> {
    this.#sentAt.set(anchor.txId, this.options.now());
    try {
      await this.ports.ledger.broadcast(anchor.tx);
    } catch (error) {
      const code = error instanceof DomainError && error.code === 'tx-refused' ? Number(error.meta['code']) : undefined;
      if (code === undefined) throw error;
      await this.#refusedByCheck(anchor, code);
    }
  }

  // CheckTx is a courtesy. A used nonce may mean that a block has these very bytes: the follower will tell. Expiry too
  // is judged by the follower, from blocks.
  async #refusedByCheck(anchor: SignedAnchor, code: number): Promise<void> {
    this.options.onRefused(anchor, code);
    if (code === CODE.nonceUsed) this.#noncesKnown = false;
    if (code === CODE.nonceUsed || code === CODE.expired || WAIT_CODES.has(code)) return;
    await this.ports.anchors.fail(anchor.txId, code);
  }

  // A database that was restored or made anew knows fewer nonces than the ledger.
  async #learnNonces(): Promise<void> {
    const {signer, anchors, ledger} = this.ports;
    await anchors.skipNonces(signer.keyId, await ledger.highestNonce(signer.keyId));
    this.#noncesKnown = true;
  }
}
