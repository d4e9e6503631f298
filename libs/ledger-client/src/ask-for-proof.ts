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
 * - early: of a block whose state the next header carries, and that one is not there yet.
 * - wrong: whatever the chain does, no honest node says this.
 * - refused: by a rule of its own, or of the protocol.
 * - busy: it has no time for questions now.
 * - silent: nothing came back; `sent`: the question may have arrived.
 * - slow: it has not answered yet.
 */
export interface NoProof {
  readonly url: string;
  readonly kind: 'behind' | 'early' | 'stale' | 'wrong' | 'refused' | 'busy' | 'silent' | 'slow';
  /** What to throw when no node does better. */
  readonly error: DomainError;
  readonly sent?: boolean;
  /** Height of the header that it showed, when that is true. */
  readonly height?: bigint;
  /** Of what is early: whether the header that was awaited carries its state, as another node shows it. */
  readonly holdsUnder?: (signedHeader: string) => boolean;
}

/** What is early, with what judges it. */
export type EarlyAnswer = NoProof & Required<Pick<NoProof, 'height' | 'holdsUnder'>>;

export interface Proven {
  readonly url: string;
  readonly kind: 'proof';
  readonly proof: VerifiedProofs;
}

export type Told = NoProof | Proven;

export const isEarly = (told: NoProof): told is EarlyAnswer => told.holdsUnder !== undefined;

type Asked = Pick<VerifiedProofsOptions, 'request' | 'trust' | 'atLeast' | 'maxHeaderAgeMs'> & {
  /** When nobody waits any more; milliseconds of `performance.now()`. */
  readonly until: number;
  /** Told what it is, should nobody wait for the next header any longer. */
  readonly waits: (meanwhile: NoProof) => void;
};

interface Judged {
  readonly verdict: AnswerVerdict;
  readonly signedHeader: string;
}

// A block that changed the state is followed by the next at once; where blocks are slow, the answer is early again.
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
    if (!verdict.ok) return notProven(url, verdict.reason, {response, signedHeader, asked});
    const {answer, header} = verdict;
    return isCutShort(asked.request, answer, response)
      ? wrong(url, 'cut-short')
      : {url, kind: 'proof', proof: {answer, header, response, signedHeader}};
  } catch (error) {
    return toldBy(url, error);
  }
}

async function judge(node: LedgerNode, response: ProofResponse, asked: Asked): Promise<Judged> {
  const {atLeast, until} = asked;
  const verify = (signedHeader: string): Judged => ({signedHeader, verdict: verdictOn(response, signedHeader, asked)});
  // On an idle chain the next header is seconds away, but the newest one carries the same root already.
  const newest = verify(await node.lightBlock());
  if (newest.verdict.ok || !NEXT_HEADER_MAY_HELP.has(newest.verdict.reason)) return newest;
  if (atLeast !== undefined && response.height < atLeast) return newest;
  const meanwhile = notProven(node.url, newest.verdict.reason, {response, signedHeader: newest.signedHeader, asked});
  // Who has a block's state has its header: one who claims a height to come could be early for ever.
  if (meanwhile.kind === 'wrong' && heightOf(newest.signedHeader, asked) < response.height) return newest;
  if (meanwhile.kind !== 'wrong' && meanwhile.kind !== 'proof') asked.waits(meanwhile);
  // Told before the time is up, so that it is told why.
  const waitMs = Math.min(NEXT_HEADER_MS, (until - performance.now()) / 2);
  const next = await node.waitForHeader(response.height + 1n, waitMs).catch((error: unknown) => {
    // Not there yet. Who does not answer, or refuses, has said nothing of headers.
    if (error instanceof DomainError && error.code === 'ledger-unavailable' && error.cause === undefined)
      return undefined;
    throw error;
  });
  return next === undefined ? newest : verify(next);
}

function verdictOn(
  response: ProofResponse,
  signedHeader: string,
  {request, trust, atLeast, maxHeaderAgeMs}: Asked,
): AnswerVerdict {
  return verifyAnswer({request, response, signedHeader}, trust, {
    ...(atLeast === undefined ? {} : {atLeast}),
    clock: maxHeaderAgeMs === 'any-time' ? maxHeaderAgeMs : {nowMs: Date.now(), maxAgeMs: maxHeaderAgeMs},
  });
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
const behind = (reason: string): DomainError => new DomainError('behind', {meta: {reason}});

function notProven(
  url: string,
  reason: AnswerFault,
  {response, signedHeader, asked}: {response: ProofResponse; signedHeader: string; asked: Asked},
): Told {
  if (reason === 'future-header') throw notVerified(reason);
  const height = heightOf(signedHeader, asked);
  if (reason === 'behind') return {url, kind: 'behind', height, error: behind(reason)};
  if (reason === 'stale-header') return {url, kind: 'stale', height, error: notVerified(reason)};
  if (reason !== 'state-proof' || height !== response.height) return wrong(url, reason);
  // The state of a block is under the next one's header, whoever says so: no header up to here can refute it.
  const holdsUnder = (next: string): boolean =>
    verifyAnswer({request: asked.request, response, signedHeader: next}, asked.trust, {clock: 'any-time'}).ok;
  return {url, kind: 'early', height: response.height, holdsUnder, error: behind('early')};
}

function toldBy(url: string, error: unknown): Told {
  // Nothing that a node says may end the call: what we stumble over is its answer.
  if (!(error instanceof DomainError)) return wrong(url, 'unreadable');
  const {cause, code} = error;
  if (code === 'shutting-down' || error.meta['reason'] === 'future-header') throw error;
  if (error.meta['reason'] === 'busy') return {url, kind: 'busy', error};
  if (cause instanceof EndpointError) return {url, kind: 'silent', error, sent: cause.sent};
  if (code === 'invalid-field' || cause instanceof RpcRefusal) return {url, kind: 'refused', error};
  if (code === 'not-found') return wrong(url, 'no-header');
  return wrong(url, code === 'not-verified' ? 'not-canonical' : 'unreadable');
}
