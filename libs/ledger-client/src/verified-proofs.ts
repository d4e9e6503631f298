import {DomainError} from '@vitalvault/errors';
import {setTimeout as sleep} from 'node:timers/promises';
import {askForProof, isEarly} from './ask-for-proof.js';
import type {EarlyAnswer, NoProof, Proven, Told} from './ask-for-proof.js';
import {isHeaderOf} from './is-header-of.js';
import type {LedgerNode} from './ledger-client.js';
import type {VerifiedProofs, VerifiedProofsOptions} from './proof-question.js';
import {ProofRound, isRefused} from './proof-round.js';

const PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;
const FEW_BLOCKS = 2n;
/** The answer is there: for who may be left, it is not held up longer. */
const HEADERS_MS = 1_000;
/** Of several reasons for no proof, the one that says most. */
const FIRST_TOLD: readonly NoProof['kind'][] = [
  'behind',
  'early',
  'stale',
  'busy',
  'wrong',
  'refused',
  'silent',
  'slow',
];

/**
 * Asks the ledger and believes nothing but what verifies from the genesis on. Whatever is wrong with a node's answer,
 * the next one is asked in the same call; who is proven wrong by that, or keeps the answer back, is left. Only a
 * question that nodes refuse, or do not survive, is not brought to all of them: then it may be the question.
 * @throws DomainError('not-verified') with meta {reason} when no node's answer verifies; 'behind' when the block of
 *   `atLeast` does not come in time, and with meta {reason: 'early'} when the header does not that carries the state;
 *   'invalid-field' when more nodes refuse the question than may lie; 'ledger-unavailable'
 */
export async function verifiedProofs(options: VerifiedProofsOptions): Promise<VerifiedProofs> {
  const {client, timeoutMs = 15_000} = options;
  const until = performance.now() + timeoutMs;
  const wrong = new Set<string>();
  let before: NoProof | undefined;
  for (let pauseMs = PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const nodes = client.inTurn();
    // Who was proven wrong in this call is not asked in it again.
    const asked = nodes.filter(({url}) => !wrong.has(url));
    const ask = (node: LedgerNode, waits: (meanwhile: NoProof) => void): Promise<Told> =>
      askForProof(node, {...options, until, waits});
    const {proven, others} = await new ProofRound(asked, {nodes: nodes.length, ask, until}).run();
    await leave(others, proven, options);
    if (proven !== undefined) return proven.proof;
    if (isRefused(others, nodes.length)) throw errorOf(others.find(({kind}) => kind === 'refused'));
    for (const {url} of others.filter(({kind}) => kind === 'wrong')) wrong.add(url);
    before = bestOf(others) ?? before;
    // A block may come any moment; who is busy is not asked more often for it.
    if (others.some(({kind}) => kind === 'behind' || kind === 'early')) pauseMs = PAUSE_MS;
    if (!mayPass(others) || performance.now() + pauseMs > until) throw errorOf(before);
    await sleep(pauseMs);
  }
}

const errorOf = (best: NoProof | undefined): DomainError => best?.error ?? new DomainError('ledger-unavailable');

async function leave(
  others: readonly NoProof[],
  proven: Proven | undefined,
  options: VerifiedProofsOptions,
): Promise<void> {
  const {client} = options;
  if (proven !== undefined) client.proved(proven.url);
  for (const told of others) {
    const {url, kind, error} = told;
    if (kind === 'wrong') client.demote(url, `its answer does not verify: ${String(error.meta['reason'])}`);
    else if (proven === undefined) continue;
    else if (isEarly(told)) await judgeEarly(told, proven.proof, options);
    else if (isLate(told, proven.proof)) client.passOver(url, `another node proves the answer, and it is ${kind}`);
  }
}

/** The header that it waited for judges it, wherever that is shown. */
async function judgeEarly(
  {url, height, holdsUnder}: EarlyAnswer,
  {header, signedHeader}: VerifiedProofs,
  {client, trust}: VerifiedProofsOptions,
): Promise<void> {
  const next = height + 1n;
  const shown =
    header.height === next
      ? signedHeader
      : (await client.headersOf(next, HEADERS_MS)).find((text) => isHeaderOf(next, text, trust));
  if (shown !== undefined && !holdsUnder(shown))
    client.demote(url, 'its answer does not verify under the header that it waited for');
  else if (header.height > next) client.passOver(url, 'another node proves the answer by a later header than it has');
  // That header it could have shown itself.
  else if (header.height < next) client.early(url, 'it keeps us waiting for the next header');
}

/** What another has shown is what these could have shown; an honest node may have a block or two to go. */
function isLate({kind, height = 0n}: NoProof, {header}: VerifiedProofs): boolean {
  switch (kind) {
    case 'silent':
    case 'busy':
      return false;
    case 'behind':
      return header.height > height + FEW_BLOCKS;
    case 'stale':
      return header.height > height + 1n;
    default:
      return true;
  }
}

const PASSING: ReadonlySet<NoProof['kind']> = new Set(['behind', 'early', 'busy']);

/** What is worth waiting for: a block that is not there yet, time for questions, a node that did not get this one. */
function mayPass(told: readonly NoProof[]): boolean {
  return told.some(({kind}) => PASSING.has(kind)) || told.every(({kind, sent}) => kind === 'silent' && sent === false);
}

/** Undefined when nobody has said anything yet. */
function bestOf(told: readonly NoProof[]): NoProof | undefined {
  return FIRST_TOLD.map((wanted) => told.findLast(({kind}) => kind === wanted)).find((one) => one !== undefined);
}
