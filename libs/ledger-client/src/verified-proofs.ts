import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {DomainError} from '@vitalvault/errors';
import {verifyAnswer} from '@vitalvault/light-client';
import type {AnswerFault, AnswerVerdict, ChainTrust, ProofQuestion, VerifiedHeader} from '@vitalvault/light-client';
import type {ProvenAnswer} from '@vitalvault/proofs';
import {setTimeout as sleep} from 'node:timers/promises';
import type {LedgerClient} from './ledger-client.js';

export interface VerifiedProofsOptions {
  readonly client: Pick<LedgerClient, 'proofs' | 'lightBlock' | 'waitForHeader' | 'demote' | 'currentUrl' | 'nodes'>;
  readonly request: ProofQuestion;
  /** From the genesis. */
  readonly trust: ChainTrust;
  /** The proven state must be that after this block or a later one; waits for it. */
  readonly atLeast?: bigint;
  /**
   * The header may be older than now by at most this, and ahead by no more than a clock may be wrong. `any-time`: for
   * what is the chain's whatever the clock says, as who follows it asks.
   */
  readonly maxHeaderAgeMs: number | 'any-time';
  readonly timeoutMs?: number;
}

export interface VerifiedProofs {
  readonly answer: ProvenAnswer;
  /** The header whose app hash the proofs fold to; the state is that after `header.height - 1`. */
  readonly header: VerifiedHeader;
  /** What was verified, to be handed on to whoever verifies it again. */
  readonly response: ProofResponse;
  readonly signedHeader: string;
}

type Judged = Pick<VerifiedProofs, 'response' | 'signedHeader'> & {
  readonly url: string;
  readonly verdict: AnswerVerdict;
};

const PAUSE_MS = 100;
// A block that changed the state is followed by the next at once.
const NEXT_HEADER_MS = 5_000;
// What is wrong because the newest header speaks for another state than the answer; anything else stays wrong.
const NEXT_HEADER_MAY_HELP: ReadonlySet<AnswerFault> = new Set(['state-proof', 'behind', 'stale-header']);

/**
 * Asks the ledger and believes nothing but what verifies from the genesis on. A node whose answer does not verify is
 * left for the next one.
 * @throws DomainError('not-verified') with meta {reason} when no node's answer verifies in time; 'behind' when the
 *   block of `atLeast` does not come; 'ledger-unavailable'
 */
export async function verifiedProofs(options: VerifiedProofsOptions): Promise<VerifiedProofs> {
  const {client, timeoutMs = 15_000} = options;
  const until = performance.now() + timeoutMs;
  for (let refused = 0; ;) {
    const {verdict, url, ...carried} = await attempt(options);
    if (verdict.ok) return {answer: verdict.answer, header: verdict.header, ...carried};
    const {reason} = verdict;
    // A header that so many signed and that is ahead of our clock is no lie of the node: the clock is wrong.
    if (reason === 'future-header') throw new DomainError('not-verified', {meta: {reason}});
    if (reason !== 'behind') {
      client.demote(url, `its answer does not verify: ${reason}`);
      refused += 1;
    }
    if (refused >= Math.max(client.nodes, 2) || performance.now() > until) {
      throw new DomainError(reason === 'behind' ? 'behind' : 'not-verified', {meta: {reason}});
    }
    await sleep(PAUSE_MS);
  }
}

async function attempt({client, request, trust, atLeast, maxHeaderAgeMs}: VerifiedProofsOptions): Promise<Judged> {
  const response = await answerOf(client, request);
  // Only now: the node that was first in line before may have failed on the way.
  const url = client.currentUrl;
  const judge = (signedHeader: string): Judged => ({
    url,
    response,
    signedHeader,
    verdict: verifyAnswer({request, response, signedHeader}, trust, {
      ...(atLeast === undefined ? {} : {atLeast}),
      clock: maxHeaderAgeMs === 'any-time' ? maxHeaderAgeMs : {nowMs: Date.now(), maxAgeMs: maxHeaderAgeMs},
    }),
  });
  // On an idle chain the next header is seconds away, but the newest one carries the same root already.
  const newest = judge(await client.lightBlock());
  if (newest.verdict.ok || !NEXT_HEADER_MAY_HELP.has(newest.verdict.reason)) return newest;
  if (atLeast !== undefined && response.height < atLeast) return newest;
  const next = await client.waitForHeader(response.height + 1n, NEXT_HEADER_MS).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === 'ledger-unavailable') return undefined;
    throw error;
  });
  return next === undefined ? newest : judge(next);
}

// A node has no reason to refuse a question within the limits. One other is asked; who is refused twice asks wrongly.
async function answerOf(client: VerifiedProofsOptions['client'], request: ProofQuestion): Promise<ProofResponse> {
  try {
    return await client.proofs(request);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'invalid-field') throw error;
    client.demote(client.currentUrl, 'it refuses to prove what the chain has');
    return client.proofs(request);
  }
}
