import {DomainError} from '@vitalvault/errors';
import {setTimeout as sleep} from 'node:timers/promises';
import type {NoProof, Proven, Told} from './ask-for-proof.js';
import type {LedgerNode} from './ledger-client.js';
import {mostRefused} from './most-refused.js';
import {MOST_UNANSWERED} from './most-unanswered.js';

export interface ProofRoundOptions {
  /** How many there are, with those that are not asked. */
  readonly nodes: number;
  /** @param waits told what the node is when it has answered and its next header is waited for */
  readonly ask: (node: LedgerNode, waits: (meanwhile: NoProof) => void) => Promise<Told>;
  /** When the round is over in any case; milliseconds of `performance.now()`. */
  readonly until: number;
}

/** After so long without an answer another node is asked beside the one that thinks. */
const PATIENCE_MS = 2_000;

/** Whether more nodes refuse the question than may lie: no other answer counts then. */
export const isRefused = (told: readonly NoProof[], nodes: number): boolean =>
  told.filter(({kind}) => kind === 'refused').length >= mostRefused(nodes);

/** One question, brought to one node after the other until one proves the answer; each is asked once. */
export class ProofRound {
  private readonly told: NoProof[] = [];
  private readonly underWay = new Map<string, Promise<Told>>();
  private readonly waiting = new Map<string, NoProof>();
  private proven: Proven | undefined;
  private impatient = false;
  private next = 0;

  constructor(
    private readonly asked: readonly LedgerNode[],
    private readonly options: ProofRoundOptions,
  ) {}

  /**
   * The proof, if there is one, and what the others told. Who has not answered by then is 'slow'; who has, and is
   * waited for since its next header is not there yet, is what it would be without that. A proof of an older state than
   * that of an early answer has to wait until that one's time is up.
   * @throws what `ask` throws, at once
   */
  async run(): Promise<{proven?: Proven; others: readonly NoProof[]}> {
    for (;;) {
      if (this.mayAsk()) this.begin(this.asked[this.next++] as LedgerNode);
      if (this.isOver()) return {...(this.proven === undefined ? {} : {proven: this.proven}), others: this.withSlow()};
      const one = await this.first();
      if (one === undefined) continue;
      this.underWay.delete(one.url);
      if (one.kind === 'proof') this.take(one);
      else this.told.push(one);
    }
  }

  /** Of two proofs, the one of the newer state. */
  private take(one: Proven): void {
    if (this.proven === undefined || one.proof.header.height > this.proven.proof.header.height) this.proven = one;
  }

  private isOver(): boolean {
    if (this.underWay.size === 0 || performance.now() >= this.options.until) return true;
    return this.proven === undefined ? isRefused(this.told, this.options.nodes) : !this.mayBeNewer(this.proven);
  }

  /** Whether somebody waits for the header of a state that `proven` is older than. */
  private mayBeNewer({proof}: Proven): boolean {
    return [...this.underWay.keys()].some((url) => {
      const {kind, height = 0n} = this.waiting.get(url) ?? {};
      return kind === 'early' && height >= proof.header.height;
    });
  }

  private begin(node: LedgerNode): void {
    const told = this.options.ask(node, (meanwhile) => this.waiting.set(node.url, meanwhile));
    // Looked at in `first`, or not at all when another was faster.
    told.catch(() => undefined);
    this.underWay.set(node.url, told);
    this.impatient = false;
  }

  /** Undefined when there is none in so long. */
  private async first(): Promise<Told | undefined> {
    const over = new AbortController();
    const waitMs = Math.max(0, Math.min(PATIENCE_MS, this.options.until - performance.now()));
    const late = sleep(waitMs, undefined, {signal: over.signal}).catch(() => undefined);
    try {
      const one = await Promise.race([...this.underWay.values(), late]);
      this.impatient = one === undefined;
      return one;
    } finally {
      over.abort();
    }
  }

  private mayAsk(): boolean {
    if (this.next >= this.asked.length) return false;
    const silent = this.told.filter((one) => one.kind === 'silent' && one.sent === true).length;
    return (
      (this.underWay.size === 0 || this.impatient) &&
      silent + this.underWay.size < MOST_UNANSWERED &&
      this.proven === undefined &&
      !isRefused(this.told, this.options.nodes)
    );
  }

  private withSlow(): NoProof[] {
    const error = new DomainError('ledger-unavailable', {detail: 'No answer in time.'});
    const late = [...this.underWay.keys()].map((url) => this.waiting.get(url) ?? {url, kind: 'slow' as const, error});
    return [...this.told, ...late];
  }
}
