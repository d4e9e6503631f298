import type {RpcClient} from '@cosmjs/tendermint-rpc';
import {DomainError} from '@vitalvault/errors';
import {setTimeout as sleep} from 'node:timers/promises';
import type {LedgerLog} from './ledger-log.js';
import {MOST_UNANSWERED} from './most-unanswered.js';
import {EndpointError, RpcRefusal} from './rpc-endpoint.js';
import type {RpcEndpoint, RpcRequest, RpcResponse} from './rpc-endpoint.js';

export interface FailoverOptions {
  /** The first is the organisation's own node and preferred whenever it works. */
  readonly endpoints: readonly RpcEndpoint[];
  readonly log: LedgerLog;
  /** How long a request may be tried again that no node has got. */
  readonly deadlineMs: number;
}

/** What one node said, and which. */
export type Answer =
  | {readonly url: string; readonly response: RpcResponse; readonly refusal?: undefined}
  | {readonly url: string; readonly refusal: RpcRefusal};

interface Standing {
  readonly endpoint: RpcEndpoint;
  /** In a row. */
  failures: number;
  /** Ever: who lied once is not redeemed by an answer that was right. */
  demotions: number;
  /** How often it lost its turn without a lie, and when last; an honest one may, and it is forgotten in an hour. */
  late: {readonly times: number; readonly at: number};
  /** Until then it is only asked when no other answers; milliseconds of `performance.now()`. */
  restUntil: number;
}

const FIRST_REST_MS = 500;
const LONGEST_REST_MS = 15_000;
const FIRST_DEMOTION_MS = 15_000;
const LONGEST_DEMOTION_MS = 600_000;
const FORGET_LATE_MS = 3_600_000;
const FIRST_PAUSE_MS = 100;

/**
 * One RPC client over several nodes: an endpoint that fails rests, longer each time, and the next is asked. Where the
 * question may have arrived, at most one other node is, so that what is too much for one is not tried on all.
 */
export class Failover implements RpcClient {
  private readonly standings: readonly Standing[];
  private readonly closing = new AbortController();
  private lastAnswer = '';

  constructor(private readonly options: FailoverOptions) {
    if (options.endpoints.length === 0) throw new RangeError('at least one RPC endpoint is needed');
    this.standings = options.endpoints.map((endpoint) => ({
      endpoint,
      failures: 0,
      demotions: 0,
      late: {times: 0, at: -Infinity},
      restUntil: 0,
    }));
  }

  /** Aborted when the client is closed. */
  get signal(): AbortSignal {
    return this.closing.signal;
  }

  /** The endpoint that is asked next. */
  get current(): RpcEndpoint {
    return (this.inOrder()[0] as Standing).endpoint;
  }

  get endpoints(): readonly RpcEndpoint[] {
    return this.options.endpoints;
  }

  /** URL of the node that gave the latest answer. */
  get answeredBy(): string {
    return this.lastAnswer;
  }

  /**
   * @throws RpcRefusal as the node said it; DomainError('ledger-unavailable') when no node answers within the deadline,
   *   or two got the question and did not
   */
  async execute(request: RpcRequest): Promise<RpcResponse> {
    const answer = await this.ask(request);
    if (answer.refusal !== undefined) throw answer.refusal;
    return answer.response;
  }

  /**
   * As `execute`, but a refusal is an answer too, and it is told whose answer it is.
   * @param after how many of the nodes that do not rest are asked after the others of them; it goes round
   * @param except URLs of nodes that are not asked
   */
  async ask(
    request: RpcRequest,
    {after = 0, except = new Set()}: {readonly after?: number; readonly except?: ReadonlySet<string>} = {},
  ): Promise<Answer> {
    const until = performance.now() + this.options.deadlineMs;
    const asked = new Set<Standing>();
    const most = Math.min(MOST_UNANSWERED, this.standings.length - except.size);
    let pause = FIRST_PAUSE_MS;
    for (;;) {
      const cause = await this.tryInOrder(request, {asked, after, except});
      if (!(cause instanceof EndpointError)) return cause;
      if (this.signal.aborted) throw new DomainError('shutting-down', {cause});
      // Who has one answer already does not wait for others to come up.
      if (asked.size === most || except.size > 0 || performance.now() + pause > until)
        throw new DomainError('ledger-unavailable', {detail: this.whyNone(asked), cause});
      await sleep(pause, undefined, {signal: this.signal}).catch(() => undefined);
      pause = Math.min(pause * 2, 2_000);
    }
  }

  /** Lets an endpoint rest that lies, longer with each lie. */
  demote(url: string, why: string): void {
    const standing = this.standingOf(url);
    if (standing === undefined) return;
    this.rest(standing, demotionMs(standing.demotions), why);
    standing.demotions += 1;
  }

  /** Lets an endpoint rest that keeps us waiting where another does not. No lie: an honest one may be slow. */
  passOver(url: string, why: string): void {
    const standing = this.standingOf(url);
    if (standing === undefined) return;
    const {times, at} = standing.late;
    const before = performance.now() - at > FORGET_LATE_MS ? 0 : times;
    this.rest(standing, demotionMs(before), why);
    standing.late = {times: before + 1, at: performance.now()};
  }

  disconnect(): void {
    this.closing.abort();
  }

  private standingOf(url: string): Standing | undefined {
    return this.standings.find(({endpoint}) => endpoint.url === url);
  }

  private whyNone({size}: ReadonlySet<Standing>): string {
    return size > 0
      ? `${size} nodes got the question and gave no answer.`
      : `None of ${this.standings.length} nodes answers.`;
  }

  /** Each node by itself, in the order in which they would be asked. Who does not answer rests, as ever. */
  inTurn(): readonly {readonly url: string; readonly rpc: RpcClient}[] {
    return this.inOrder().map((standing) => ({
      url: standing.endpoint.url,
      rpc: {execute: (request) => this.askOne(standing, request), disconnect: () => undefined},
    }));
  }

  /** @param asked nodes that may have got the question; added to */
  private async tryInOrder(
    request: RpcRequest,
    {asked, after, except}: {asked: Set<Standing>; after: number; except: ReadonlySet<string>},
  ): Promise<Answer | EndpointError> {
    let last = new EndpointError('closed', {sent: false});
    const others = this.inOrder(after).filter((one) => !asked.has(one) && !except.has(one.endpoint.url));
    for (const standing of others) {
      const {url} = standing.endpoint;
      if (this.closed() || asked.size === MOST_UNANSWERED) return last;
      try {
        const response = await this.askOne(standing, request);
        this.lastAnswer = url;
        return {url, response};
      } catch (error) {
        if (!(error instanceof EndpointError)) this.lastAnswer = url;
        if (error instanceof RpcRefusal) return {url, refusal: error};
        if (!(error instanceof EndpointError)) throw error;
        last = error;
        if (error.sent) asked.add(standing);
      }
    }
    return last;
  }

  private async askOne(standing: Standing, request: RpcRequest): Promise<RpcResponse> {
    try {
      const response = await standing.endpoint.execute(request, this.signal);
      standing.failures = 0;
      return response;
    } catch (error) {
      if (error instanceof EndpointError && !this.closed()) this.fail(standing, error);
      throw error;
    }
  }

  private closed(): boolean {
    return this.signal.aborted;
  }

  private fail(standing: Standing, error: Error): void {
    const restMs = Math.min(FIRST_REST_MS * 2 ** standing.failures, LONGEST_REST_MS);
    standing.failures += 1;
    this.rest(standing, restMs, causeOf(error));
  }

  private rest(standing: Standing, restMs: number, why: string): void {
    standing.restUntil = performance.now() + restMs;
    this.options.log.warn({url: standing.endpoint.url, failures: standing.failures, restMs, why}, 'ledger RPC rests');
  }

  private inOrder(after = 0): Standing[] {
    const now = performance.now();
    const resting = (standing: Standing): number => Math.max(0, standing.restUntil - now);
    const order = [...this.standings].sort((a, b) => resting(a) - resting(b));
    const fit = order.filter((standing) => resting(standing) === 0);
    const first = fit.length === 0 ? 0 : after % fit.length;
    return [...fit.slice(first), ...fit.slice(0, first), ...order.slice(fit.length)];
  }
}

const demotionMs = (before: number): number => Math.min(FIRST_DEMOTION_MS * 2 ** before, LONGEST_DEMOTION_MS);

function causeOf(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  return cause.cause instanceof Error ? cause.cause.message : cause.message;
}
