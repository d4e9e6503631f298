import {LIMITS, encodeCanonical} from '@vitalvault/contracts';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {DomainError} from '@vitalvault/errors';
import {verifyAnswer, verifySignedHeader} from '@vitalvault/light-client';
import type {AnswerFault, AnswerVerdict, ProofQuestion, VerifiedHeader} from '@vitalvault/light-client';
import type {ProvenAnswer} from '@vitalvault/proofs';
import type {LedgerNode} from './ledger-client.js';
import {EndpointError, RpcRefusal} from './rpc-endpoint.js';
import type {VerifiedProofs, VerifiedProofsOptions} from './proof-question.js';

/**
 * What became of a question at one node that did not prove the answer.
 * - behind, stale: true, and of a block or a time that is too old.
 * - wrong: whatever the chain does, no honest node says this.
 * - refused: by a rule of its own, or of the protocol.
 * - silent: nothing came back; `sent`: the question may have arrived.
 * - slow: it has not answered yet.
 */
export interface NoProof {
  readonly url: string;
  readonly kind: 'behind' | 'stale' | 'wrong' | 'refused' | 'silent' | 'slow';
  /** What to throw when no node does better. */
  readonly error: DomainError;
  readonly sent?: boolean;
  /** Height of the header that it showed, when that is true. */
  readonly height?: bigint;
}

export type Told = NoProof | {readonly url: string; readonly kind: 'proof'; readonly proof: VerifiedProofs};

type Asked = Pick<VerifiedProofsOptions, 'request' | 'trust' | 'atLeast' | 'maxHeaderAgeMs'> & {
  /** When nobody waits any more; milliseconds of `performance.now()`. */
  readonly until: number;
};

interface Judged {
  readonly verdict: AnswerVerdict;
  readonly signedHeader: string;
}

// A block that changed the state is followed by the next at once.
const NEXT_HEADER_MS = 5_000;
// What is wrong because the newest header speaks for another state than the answer; anything else stays wrong.
const NEXT_HEADER_MAY_HELP: ReadonlySet<AnswerFault> = new Set(['state-proof', 'behind', 'stale-header']);

/**
 * Asks one node, and verifies what it says by the header that it shows.
 * @throws DomainError('shutting-down'); 'not-verified' with meta {reason: 'future-header'}: a header that so many
 *   signed is no lie of the node, the clock is wrong
 */
export async function askForProof(node: LedgerNode, asked: Asked): Promise<Told> {
  const {url} = node;
  try {
    const response = await node.proofs(asked.request);
    const {verdict, signedHeader} = await judge(node, response, asked);
    if (!verdict.ok) return notProven(url, verdict.reason, heightOf(signedHeader, asked));
    const {answer, header} = verdict;
    return isCutShort(asked.request, answer, response)
      ? wrong(url, 'cut-short')
      : {url, kind: 'proof', proof: {answer, header, response, signedHeader}};
  } catch (error) {
    return toldBy(url, error);
  }
}

async function judge(
  node: LedgerNode,
  response: ProofResponse,
  {request, trust, atLeast, maxHeaderAgeMs, until}: Asked,
): Promise<Judged> {
  const verify = (signedHeader: string): Judged => ({
    signedHeader,
    verdict: verifyAnswer({request, response, signedHeader}, trust, {
      ...(atLeast === undefined ? {} : {atLeast}),
      clock: maxHeaderAgeMs === 'any-time' ? maxHeaderAgeMs : {nowMs: Date.now(), maxAgeMs: maxHeaderAgeMs},
    }),
  });
  // On an idle chain the next header is seconds away, but the newest one carries the same root already.
  const newest = verify(await node.lightBlock());
  if (newest.verdict.ok || !NEXT_HEADER_MAY_HELP.has(newest.verdict.reason)) return newest;
  if (atLeast !== undefined && response.height < atLeast) return newest;
  // Told before the time is up, so that it is told why.
  const waitMs = Math.min(NEXT_HEADER_MS, (until - performance.now()) / 2);
  const next = await node.waitForHeader(response.height + 1n, waitMs).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === 'ledger-unavailable') return undefined;
    throw error;
  });
  return next === undefined ? newest : verify(next);
}

/**
 * Whether an answer breaks off although it has room. That is proven as far as it goes; but whoever gives a thousand
 * leaves one by one keeps them back. An honest node cuts before a leaf, and none is half as large as an answer.
 */
function isCutShort({logs = []}: ProofQuestion, {logs: given}: ProvenAnswer, response: ProofResponse): boolean {
  const cut = given.some(({head, leaves}, i) => {
    const {from = 0n, limit = 0, indexes = []} = logs[i] ?? {};
    const left = head.size > from ? head.size - from : 0n;
    const wanted =
      indexes.length > 0 ? indexes.filter((index) => index < head.size).length : Math.min(limit, Number(left));
    return leaves.length < wanted;
  });
  return (
    cut &&
    given.reduce((sum, {leaves}) => sum + leaves.length, 0) < LIMITS.proofLeaves &&
    encodeCanonical(ProofResponseSchema, response).length < LIMITS.proofAnswerBytes / 2
  );
}

function heightOf(signedHeader: string, {trust}: Asked): VerifiedHeader['height'] {
  const verdict = verifySignedHeader(signedHeader, trust, 'any-time');
  return verdict.ok ? verdict.header.height : 0n;
}

const notVerified = (reason: string): DomainError => new DomainError('not-verified', {meta: {reason}});
const wrong = (url: string, reason: string): Told => ({url, kind: 'wrong', error: notVerified(reason)});

function notProven(url: string, reason: AnswerFault, height: bigint): Told {
  if (reason === 'future-header') throw notVerified(reason);
  if (reason === 'behind') return {url, kind: 'behind', height, error: new DomainError('behind', {meta: {reason}})};
  return reason === 'stale-header' ? {url, kind: 'stale', height, error: notVerified(reason)} : wrong(url, reason);
}

function toldBy(url: string, error: unknown): Told {
  // Nothing that a node says may end the call: what we stumble over is its answer.
  if (!(error instanceof DomainError)) return wrong(url, 'unreadable');
  const {cause, code} = error;
  if (code === 'shutting-down' || error.meta['reason'] === 'future-header') throw error;
  if (cause instanceof EndpointError) return {url, kind: 'silent', error, sent: cause.sent};
  if (code === 'invalid-field' || cause instanceof RpcRefusal) return {url, kind: 'refused', error};
  if (code === 'not-found') return wrong(url, 'no-header');
  return wrong(url, code === 'not-verified' ? 'not-canonical' : 'unreadable');
}
