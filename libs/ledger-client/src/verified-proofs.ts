import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {DomainError} from '@vitalvault/errors';
import type {ChainTrust, ProofQuestion, VerifiedHeader} from '@vitalvault/light-client';
import type {ProvenAnswer} from '@vitalvault/proofs';
import {setTimeout as sleep} from 'node:timers/promises';
import {askForProof} from './ask-for-proof.js';
import type {NoProof, Told} from './ask-for-proof.js';
import type {LedgerClient, LedgerNode} from './ledger-client.js';
import {ProofRound} from './proof-round.js';

export interface VerifiedProofsOptions {
  readonly client: Pick<LedgerClient, 'demote'> & {inTurn(): readonly LedgerNode[]};
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

const PAUSE_MS = 100;
const FEW_BLOCKS = 2n;
/** Of several reasons for no proof, the one that says most. */
const FIRST_TOLD: readonly NoProof['kind'][] = ['behind', 'stale', 'wrong', 'refused', 'silent'];

/**
 * Asks the ledger and believes nothing but what verifies from the genesis on. Whatever is wrong with a node's answer,
 * the next one is asked in the same call; who is proven wrong by that, or keeps the answer back, is left. Only a
 * question that nodes refuse, or do not survive, is not brought to all of them: then it may be the question.
 * @throws DomainError('not-verified') with meta {reason} when no node's answer verifies; 'behind' when the block of
 *   `atLeast` does not come in time; 'invalid-field' when more nodes refuse the question than may lie;
 *   'ledger-unavailable'
 */
export async function verifiedProofs(options: VerifiedProofsOptions): Promise<VerifiedProofs> {
  const {client, timeoutMs = 15_000} = options;
  const until = performance.now() + timeoutMs;
  const wrong = new Set<string>();
  let before: NoProof | undefined;
  for (;;) {
    const nodes = client.inTurn();
    // Who was proven wrong in this call is not asked in it again.
    const asked = nodes.filter(({url}) => !wrong.has(url));
    const ask = (node: LedgerNode): Promise<Told> => askForProof(node, {...options, until});
    const {proof, others} = await new ProofRound(asked, {nodes: nodes.length, ask, until}).run();
    for (const one of others) if (isLeft(one, proof)) client.demote(one.url, reasonOf(one));
    if (proof !== undefined) return proof;
    for (const {url} of others.filter(({kind}) => kind === 'wrong')) wrong.add(url);
    before = bestOf(others) ?? before;
    if (!mayPass(others) || performance.now() + PAUSE_MS > until) throw errorOf(before);
    await sleep(PAUSE_MS);
  }
}

const errorOf = (best: NoProof | undefined): DomainError => best?.error ?? new DomainError('ledger-unavailable');

/** What another has shown is what these could have shown; an honest node may have a block or two to go. */
function isLeft({kind, height = 0n}: NoProof, proof: VerifiedProofs | undefined): boolean {
  if (kind === 'wrong') return true;
  if (proof === undefined || kind === 'silent') return false;
  return kind !== 'behind' || proof.header.height > height + FEW_BLOCKS;
}

function reasonOf({kind, error}: NoProof): string {
  return kind === 'wrong'
    ? `its answer does not verify: ${String(error.meta['reason'])}`
    : `another node proves the answer, and it is ${kind}`;
}

/** What is worth waiting for: a block that a node has not got yet, or a node that did not get the question. */
function mayPass(told: readonly NoProof[]): boolean {
  return told.some(({kind}) => kind === 'behind') || told.every(({kind, sent}) => kind === 'silent' && sent === false);
}

/** Undefined when nobody has said anything yet. */
function bestOf(told: readonly NoProof[]): NoProof | undefined {
  return FIRST_TOLD.map((wanted) => told.findLast(({kind}) => kind === wanted)).find((one) => one !== undefined);
}
